"""The study of supernets: which runs, searches and scores it has, and what it refuses."""

import math

import pytest
import yaml

from naseval import records
from naseval.budget.jobs import needed, once
from naseval.config import Config, load_config
from naseval.errors import ConfigError, NasevalError
from naseval.schemas import SUPERNET_SCORES, UNTRAINED_SCORES
from naseval.settings.validation import merged
from naseval.studies import check_study, members, supernet, unique_runs
from naseval.studies._gather_scores import gather_scores
from paths import ROOT

PAPER, OVERLAY = (
    yaml.safe_load((ROOT / "config" / name).read_text())
    for name in ("config.yaml", "supernet.yaml")
)


def configured(**changes) -> Config:
    return load_config(merged(merged(PAPER, OVERLAY), {"studies": {"supernet": changes}}))


def test_it_is_off_unless_an_overlay_asks():
    config = load_config(PAPER)
    assert "supernet" not in config.studies
    assert supernet.scored_searches(config) == supernet.pools(config) == []
    with pytest.raises(ConfigError, match="the study supernet is not configured"):
        supernet.architectures(config, "darts")


def test_the_paper_s_runs_are_shared():
    config = configured()
    own = set(unique_runs(members(config, "supernet")))
    others = {
        run
        for study in config.studies
        if study != "supernet"
        for run in unique_runs(members(config, study))
    }
    assert (len(own), len(own - others)) == (384, 232)
    darts = {run for run in own if run.protocol == "cda"}
    assert darts == set(unique_runs(members(config, "seeds")))


def test_the_budget_counts_a_search_for_every_method():
    config = configured(searches=2)
    searches = [job for job in once(needed(config)) if job.stem.startswith("scored/")]
    assert len(searches) == 8 * 2 == len(supernet.scored_searches(config))
    assert searches[0].output == "scored/cifar10/darts/seed-0/genotype.json"
    plain = {job.key for job in needed(load_config(PAPER)) if job.kind == "search"}
    assert {job.key for job in searches} <= plain


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"methods": ["darts", "nsganet"]}, "names nsganet, which trains no supernet"),
        ({"methods": ["random-search"]}, "names random-search, which trains no supernet"),
        ({"methods": ["dart"]}, "studies.supernet.methods names the method 'dart'"),
        ({"random": 1}, "a ranking takes at least 2"),
    ],
)
def test_what_cannot_be_scored_is_refused(changes, told):
    with pytest.raises(NasevalError, match=told):
        check_study(configured(**changes), "supernet")


NAMES = {"dataset": "digits", "space": "darts", "protocol": "cda"}


def test_scores_are_gathered_with_what_they_are_scores_of(tmp_path):
    found, untrained = tmp_path / "scores.parquet", tmp_path / "untrained.parquet"
    rows = [
        {"stage": 2, "epoch": 5, "genotype": f"darts/random-00{i}", "accuracy": accuracy}
        for i, accuracy in enumerate((50.0, None))
    ]
    records.write(found, records.table(SUPERNET_SCORES, rows), {"settings": {"seed": 7}})
    rows = [{"genotype": "darts/random-000", "parameters": 10, "nwot": None, "synflow": 2.5}]
    records.write(untrained, records.table(UNTRAINED_SCORES, rows), {"settings": {}})
    search = {"path": found, "settings": {"seed": 7}, "names": {**NAMES, "method": "darts"}}
    search["names"]["seed"] = 7
    beside = {"path": untrained, "settings": {}, "names": NAMES}
    table = gather_scores([search], [beside]).to_pandas()
    assert table["score"].tolist() == ["supernet"] * 2 + ["parameters", "nwot", "synflow"]
    values = [None if math.isnan(value) else value for value in table["value"]]
    assert values == [50, None, 10, None, 2.5]
    assert table["seed"].tolist()[:2] == [7, 7] and table["method"].isna().sum() == 3
    search["settings"] = {"seed": 8}
    with pytest.raises(NasevalError, match=r"scores.parquet was made with seed 7, not 8"):
        gather_scores([search], [beside])
