"""What cards are made from: files read, refused, missing."""

import pandas as pd
import pytest

from card_results import configured, searched, write_complexity, write_runs, write_searches
from naseval.analysis.cells import cells
from naseval.cards import improvement, inputs, missing
from naseval.cards.evidence import Evidence
from naseval.config import load_config
from naseval.errors import NasevalError


def test_what_is_missing_adds_up(whole):
    groups = list(missing._groups(whole, "darts"))
    assert all(group.done == group.of > 0 and group.missing == "" for group in groups)
    path = next(row["path"] for row in inputs.runs(whole.config, "tricks"))
    (whole.results / path).unlink()
    lacking = [group for group in missing._groups(whole, "darts") if group.done != group.of]
    assert [(group.study, group.of - group.done) for group in lacking][-1] == ("tricks", 1)
    assert "Everything" not in missing.section(whole, "darts")


def test_what_is_missing_is_counted_and_named(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10"], tricks=False)
    rows = inputs.runs(config, "benchmark")
    write_runs(config, tmp_path, [row for row in rows if row["genotype"] == "darts/random-001"])
    write_searches(config, tmp_path, searched(config)[:2])
    evidence = Evidence.gathered(config, tmp_path, write_complexity(config, tmp_path))
    text = missing.section(evidence, "darts")
    assert "| any | CIFAR-10 | searches | 2 | 3 | seed 2 |" in text
    assert "runs of random architectures under cda | 1 | 3 | random-000, random-002 |" in text
    assert not missing.complete(evidence, "darts")
    assert "| CIFAR-10 | best | – | 0 |" in improvement.section(evidence, "darts")


def test_a_damaged_run_is_one_sentence(whole):
    path = whole.results / inputs.run_files(whole.config)[0]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(NasevalError, match="is not a readable Parquet file"):
        Evidence.gathered(whole.config, whole.results, [])


def test_the_state_changes_with_what_is_there(whole):
    files = inputs.run_files(whole.config)
    before = inputs.state(whole.results, files)
    assert before == inputs.state(whole.results, files)
    (whole.results / files[3]).unlink()
    assert inputs.state(whole.results, files) != before


def test_gathered_runs_are_those_of_the_study(whole):
    found = {(s.dataset, s.method): s for s in cells(whole.studies["benchmark"], ["best"])}
    assert len(found) == 6
    assert all(s.searched.size == s.random.size == 3 for s in found.values())
    assert isinstance(whole.complexity, pd.DataFrame) and len(whole.complexity) == 36


@pytest.mark.parametrize("changed", ["protocol", "search", "split"])
def test_results_of_other_settings_are_refused(whole, changed):
    """A card states the configured settings, so it is about results that were made with them."""
    raw = whole.config.model_dump()
    if changed == "protocol":
        raw["protocols"]["base"]["batch_size"] = 17
    elif changed == "search":
        raw["methods"]["darts"]["search"]["epochs"] = 17
    else:
        raw["datasets"]["cifar10"]["split"]["seed"] = 17
    with pytest.raises(NasevalError, match="17") as caught:
        Evidence.gathered(load_config(raw), whole.results, [])
    assert "\n" not in str(caught.value)
    assert "seed-" in str(caught.value) and "`rm " in str(caught.value)


def test_a_genotype_that_its_search_did_not_find_is_refused(whole):
    first, second = whole.searches("darts")[:2]
    (whole.results / first.file).write_bytes((whole.results / second.file).read_bytes())
    with pytest.raises(NasevalError, match=r"genotype of .*history"):
        whole.genotype(first)
