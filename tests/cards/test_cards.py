"""Score cards: the same numbers as the analysis, and what is missing said."""

import re

import numpy as np
import pandas as pd
import pytest

from card_results import (
    MADE,
    configured,
    everything,
    found,
    searched,
    write_complexity,
    write_runs,
    write_searches,
)
from naseval.analysis.chosen_operations import (
    departure_p,
    operation_counts,
    operations_table,
    uniform_counts,
)
from naseval.analysis.comparison import compare
from naseval.analysis.intervals import RESAMPLES
from naseval.analysis.relative_improvement import (
    benchmark_table,
    mean_rank,
    ranks,
    searched_vs_random,
)
from naseval.cards import (
    checklist,
    cost,
    improvement,
    inputs,
    missing,
    operations,
    seeds,
    settings,
    tricks,
)
from naseval.cards.card import write_card
from naseval.cards.evidence import Evidence
from naseval.cards.improvement import improvement_table
from naseval.errors import NasevalError
from naseval.genotype import Cell, Genotype
from naseval.methods import describe_method, method_names
from naseval.randomness import stream
from naseval.spaces import get_space

METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "manas-ls", "stacnas", "nao")


def card(evidence, method, folder):
    write_card(evidence, method, folder, "What it does.")
    return (folder / f"{method}.md").read_text()


def section(text, heading):
    return re.split(r"^## ", text.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]


@pytest.fixture
def whole(tmp_path, paper):
    """Three methods that have all been run: DARTS is best on average, NAO worst."""
    config = configured(paper, ["darts", "nao", "enas"])
    return everything(config, tmp_path / "results", darts=2.0, nao=-2.0)


def test_nothing_run_is_a_card_that_says_so(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, METHODS), tmp_path / "results", [])
    for method in METHODS:
        text = card(evidence, method, tmp_path / "cards")
        assert evidence.config.labels["methods"][method] in text.splitlines()[0]
        assert "[what is missing](#missing)" in text
        assert "No architecture of this method has been trained yet." in text
        assert "| any | CIFAR-10 | searches | 0 | 3 | seed 0, 1, 2 |" in text
        assert re.search(r"runs of random architectures under \S+ \| 0 \| 3 \|", text)
        assert not list((tmp_path / "cards" / method).iterdir())


def test_reconstructions_are_marked(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, METHODS), tmp_path / "results", [])
    for method in ("darts", "manas", "manas-ls"):
        heading = card(evidence, method, tmp_path).splitlines()[0]
        assert heading.endswith("(reconstruction)") == (method != "darts")


def test_a_method_that_no_study_has_says_how_to_add_it(tmp_path, paper):
    evidence = Evidence.gathered(configured(paper, ["darts"]), tmp_path / "results", [])
    text = card(evidence, "nao", tmp_path)
    assert "add it to `studies.benchmark.methods`" in section(text, "Missing")


def test_without_studies_there_are_still_cards(tmp_path, paper):
    config = configured(paper, ["darts"])
    config = config.model_copy(update={"studies": {}})
    text = card(Evidence.gathered(config, tmp_path, []), "darts", tmp_path)
    assert "No study asks for this method" in text


def test_numbers_are_those_of_the_analysis(whole):
    study = whole.studies["benchmark"]
    expected = benchmark_table(study, "last").set_index(["dataset", "method"])
    tests = compare(study)[0].set_index(["dataset", "method", "statistic"])
    shown = improvement.section(whole, "darts")
    for key, label in (("cifar10", "CIFAR-10"), ("sport8", "Sport-8")):
        row, test = expected.loc[(key, "darts")], tests.loc[(key, "darts", "last")]
        line = next(line for line in shown.splitlines() if line.startswith(f"| {label} | last"))
        assert f"{row['searched_mean']:.2f} ± {row['searched_std']:.2f} | 3" in line
        assert f"{row['random_mean']:.2f} ± {row['random_std']:.2f} | 3" in line
        assert f"{row['relative_improvement']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in line
        assert f"{test['welch_p']:.2g} ({test['welch_q']:.2g})" in line
        assert f"{test['permutation_p']:.2g} ({test['permutation_q']:.2g})" in line
    table = improvement_table(whole, "darts")
    assert table[["dataset", "statistic"]].to_numpy().tolist() == [
        [dataset, statistic] for dataset in ("cifar10", "sport8") for statistic in ("best", "last")
    ]


def test_ranks_follow_relative_improvement(whole):
    study = whole.studies["benchmark"]
    table = ranks(study)
    for _, rows in table.groupby("dataset"):
        best_first = rows.sort_values("relative_improvement", ascending=False)
        assert best_first["rank"].tolist() == [1, 2, 3]
        assert (rows["of"] == 3).all()
    (value, low, high), datasets = mean_rank(study, "darts")
    places = table.loc[table["method"] == "darts", "rank"]
    assert (value, datasets) == (places.mean(), 2)
    assert 1 <= low <= value <= high <= 3
    assert mean_rank(study, "darts") == mean_rank(study, "darts")


def test_mean_ranks_of_clear_differences_are_certain(whole):
    study = whole.studies["benchmark"].copy()
    lifted = (study["method"] == "darts") & (study["origin"] == "searched")
    study.loc[lifted, "test_accuracy"] += 50
    assert mean_rank(study, "darts")[0] == (1, 1, 1)


def test_a_mean_rank_without_enough_runs_has_no_interval(whole):
    study = whole.studies["benchmark"]
    one = study[(study["origin"] == "random") | study["genotype"].str.endswith("seed-0")]
    value, low, high = mean_rank(one, "nao")[0]
    assert 1 <= value <= 3 and np.isnan([low, high]).all()
    nothing = study[study["origin"] == "random"]
    assert mean_rank(nothing, "nao")[1] == 0


def test_with_and_without_tricks_stand_side_by_side(whole):
    text = tricks.section(whole, "darts")
    plain, own = (
        [line for line in text.splitlines() if mark in line] for mark in ("(plain)", "(its own)")
    )
    assert len(plain) == len(own) == 2
    runs = whole.study("tricks", "darts")
    for protocol, lines in (("base", plain), ("cda", own)):
        row = benchmark_table(runs[runs["protocol"] == protocol]).iloc[0]
        assert f"| CIFAR-10 | {protocol} (" in lines[0]
        assert f"{row['relative_improvement']:.2f} [{row['low']:.2f}, " in lines[0]


def test_tricks_that_are_not_configured_or_not_run_are_one_line(tmp_path, paper):
    without = Evidence.gathered(configured(paper, ["darts"], tricks=False), tmp_path, [])
    line = tricks.section(without, "darts")
    assert line.endswith("is not configured.") and "\n" not in line
    empty = Evidence.gathered(configured(paper, ["darts"]), tmp_path, [])
    assert "Nothing of this method" in tricks.section(empty, "darts")
    assert "leaves this method out" in tricks.section(empty, "nao")


def test_equal_genotypes_are_counted_once(tmp_path, paper):
    config = configured(paper, ["darts", "nao"], ["cifar10"])
    everything(config, tmp_path)
    write_searches(config, tmp_path, [s for s in searched(config) if s.method == "nao"], same=True)
    evidence = Evidence.gathered(config, tmp_path, [])
    shown = {method: seeds.section(evidence, method) for method in ("darts", "nao")}
    assert "3 of 3 searches" in shown["darts"]
    assert "1 of 3 searches" in shown["nao"]
    spread = benchmark_table(evidence.study("benchmark", "darts")).iloc[0]
    ratio = spread["searched_std"] / spread["random_std"]
    assert (
        f"| {spread['searched_std']:.2f} | 3 | {spread['random_std']:.2f} | 3 | {ratio:.2f} |"
        in (shown["darts"])
    )
    text = card(evidence, "nao", tmp_path)
    assert text.count("nao/cifar10-seed-0.png") == 1 and "cifar10-seed-1" not in text


def test_cost_is_that_of_the_epochs(whole):
    text = cost.cost_section(whole, "enas")
    assert "| CIFAR-10 | 3 | 43202.0 ± 1.6 | 0.5 ± 1.9e-05 |" in text
    assert "GPU-days" in text and "Device: cuda" in text


def test_operations_are_counted_edge_by_edge():
    cell = Cell.of([[["sep_conv_3x3", 0], ["sep_conv_3x3", 1]]] * 4, [2, 3, 4, 5])
    other = Cell.of([[["skip_connect", 0], ["max_pool_3x3", 1]]] * 4, [2, 3, 4, 5])
    table = operations_table([Genotype("darts", cell, other)] * 3, "uniform7")
    counted = table.set_index(["cell", "operation"])
    assert counted.loc[("normal", "sep_conv_3x3"), ["found", "share"]].tolist() == [24, 100]
    assert counted.loc[("reduce", "skip_connect"), ["found", "share"]].tolist() == [12, 50]
    assert set(counted["edges"]) == {24}
    assert "none" not in set(table["operation"])
    assert counted["uniform"].between(10, 19).all()
    assert counted.loc["normal", "p"].iloc[0] == 1 / (RESAMPLES + 1)


@pytest.mark.parametrize("space", ["darts", "pdarts", "nsganet", "enas", "cnas", "nao"])
def test_uniform_genotypes_do_not_depart_from_uniform(space):
    drawn = get_space(space)
    pool = uniform_counts(space, drawn.samplers[0])
    rng = stream("tests", "departure", space)
    ps = []
    for _ in range(30):
        few = operation_counts([drawn.sample(rng) for _ in range(4)], drawn.operations)
        ps.append(departure_p(few[:, 0], pool[:, 0]))
    assert sum(p < 0.05 for p in ps) <= 6  # 1.5 expected; more has probability 0.001
    assert 0.3 < np.mean(ps) < 0.7


def test_an_operation_that_is_never_drawn_is_a_clear_departure():
    pool = uniform_counts("darts", "uniform7")
    few = np.zeros((1, 8), dtype=np.int64)
    few[0, 7] = 1  # `none`, which uniform7 leaves out
    assert departure_p(few, pool[:, 0]) == 1 / (RESAMPLES + 1)


def test_every_method_has_operations_and_size(tmp_path, paper):
    evidence = everything(configured(paper, METHODS, ["cifar10"], tricks=False, n=1), tmp_path)
    for method in METHODS:
        (genotype,) = found(evidence, method)
        counted = operations.by_space(evidence, method)[genotype.space]
        edges = [*genotype.normal.operations, *genotype.reduce.operations]
        assert counted["found"].sum() == len(edges)
        assert set(counted.loc[counted["found"] > 0, "operation"]) == set(edges)
        those = evidence.complexity[evidence.complexity["method"] == method]
        text = cost.size_section(those, evidence.config.labels["datasets"])
        assert "| CIFAR-10 | 3.00 | 500.00 | 1 | 3.00 | 500.00 | 1 |" in text
        assert missing.complete(evidence, method)


def test_a_whole_card_shows_its_pictures(tmp_path, paper):
    config = configured(paper, ["nsganet"], ["cifar10"], tricks=False)
    text = card(everything(config, tmp_path / "results"), "nsganet", tmp_path)
    assert "Everything that is configured has been run." in section(text, "Missing")
    pictures = set(re.findall(r"nsganet/([\w-]+)\.png\)\]\(nsganet/\1\.svg\)", text))
    drawn = {f"cifar10-seed-{seed}" for seed in range(3)}
    assert pictures == {"improvement", "operations", "size"} | drawn
    for picture in pictures:
        assert all((tmp_path / f"nsganet/{picture}.{kind}").exists() for kind in ("png", "svg"))


def test_settings_are_whole_and_differences_named(paper):
    config = configured(paper, ["pdarts"], ["cifar10", "cifar100", "sport8"])
    different = settings.differences(config, "pdarts", ["cifar10", "cifar100", "sport8"])
    assert different["cifar100"] == {"search.skip_dropout": [0.1, 0.2, 0.3]}
    assert different["sport8"] == {"protocol.cells": 8, "search.cells": [8, 8, 8]}
    text = settings.section(config, "pdarts", ["cifar10", "sport8"])
    assert "skip_dropout_decay: 0.2" in text and "search.cells:" in text
    assert text.count("<details>") == text.count("</details>") == 2


def met(evidence, method):
    return {item.practice: item.met for item in checklist.items(evidence, method)}


def test_a_whole_reproduction_meets_the_list(whole):
    unmet = {name for name, value in met(whole, "darts").items() if not value}
    assert unmet == {
        "The same hyperparameters on every dataset",  # eight cells for large images
    }


def test_nothing_run_meets_nothing_but_what_the_configuration_says(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10", "sport8"])
    evidence = Evidence.gathered(config, tmp_path, [])
    assert {name for name, value in met(evidence, "darts").items() if value} == {
        "Hidden components taken apart",  # the study protocols, as configured
    }
    count = len(checklist.items(evidence, "darts"))
    assert checklist.section(evidence, "darts").startswith(f"1 of {count} are met.")


def test_the_facts_of_the_list(whole, tmp_path):
    def facts(evidence):
        return {item.practice: item.fact for item in checklist.items(evidence, "darts")}

    before, after = facts(Evidence.gathered(whole.config, tmp_path / "none", [])), facts(whole)
    assert [(before[name], after[name]) for name in before if before[name] != after[name]] == [
        ("nothing run yet", "base, cda"),
        ("CIFAR-10 n = 0, Sport-8 n = 0", "CIFAR-10 n = 3, Sport-8 n = 3"),
        ("none yet", "CIFAR-10 (10 classes, 32 pixels), Sport-8 (8 classes, 224 pixels)"),
        ("CIFAR-10 n = 0, Sport-8 n = 0", "CIFAR-10 n = 3, Sport-8 n = 3"),
        ("none done", "0, 1, 2"),
        ("nothing run yet", "2"),
        ("whole curves of 0 runs", "whole curves of 18 runs"),
        ("none yet", "6 genotypes, below searches/"),
        ("nothing run yet", "`c0dec0dec0de`"),
        ("nothing run yet", "`c0dec0dec0de`"),
        ("nothing run yet", "`abc123abc123`"),
        ("nothing run yet", "numpy 2.4, torch 2.14"),
        ("–", "cuda"),
        ("nothing run yet", "below"),
        ("nothing run yet", "yes"),
        ("0 searches timed", "6 searches timed"),
    ]


def test_one_dataset_is_not_several(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10"])
    unmet = {
        name for name, value in met(everything(config, tmp_path), "darts").items() if not value
    }
    assert unmet == {"Several datasets", checklist.SAME}


def test_one_run_of_a_kind_is_not_several(tmp_path, paper):
    config = configured(paper, ["darts"], ["cifar10", "sport8"], n=1)
    found = met(everything(config, tmp_path), "darts")
    assert not found["Several searches, averaged"]
    assert not found["Random architectures of the same space and protocol, with mean and spread"]
    config = configured(paper, ["darts"], ["cifar10", "sport8"], n=2)
    found = met(everything(config, tmp_path / "two"), "darts")
    assert found["Several searches, averaged"]
    assert found["Random architectures of the same space and protocol, with mean and spread"]


def test_the_list_is_met_as_its_facts_say():
    """Every verdict on provenance, at no result, one, two that agree and two that differ."""
    one = {"code": "a" * 64, "commit": "c" * 40, "dirty": False, "versions": {"numpy": "2"}}
    one |= {"settings": {"epochs": 1}, "as_configured": True}

    def verdicts(*facts):
        judges = (checklist._commit, checklist._versions, checklist._settings)
        judged = [judge(list(facts))[0] for judge in (*judges, checklist._as_configured)]
        return [checklist._same(list(facts), "code")[0], *judged]

    assert verdicts() == [False] * 5
    assert verdicts(one) == verdicts(one, one) == [True] * 5
    assert verdicts(one, one | {"code": "b" * 64}) == [False, True, True, True, True]
    assert verdicts(one, one | {"dirty": True}) == [True, False, True, True, True]
    assert verdicts(one, one | {"commit": None}) == [True, False, True, True, True]
    assert verdicts(one, one | {"settings": {}}) == [True, True, True, False, True]
    assert verdicts(one, one | {"as_configured": False}) == [True, True, True, True, False]


def test_what_is_missing_adds_up(whole):
    groups = list(missing._groups(whole, "darts"))
    assert all(group.done == group.of > 0 and group.missing == "" for group in groups)
    path = next(row["path"] for row in inputs.runs(whole.config, "tricks"))
    (whole.results / path).unlink()
    lacking = [group for group in missing._groups(whole, "darts") if group.done != group.of]
    assert [(group.study, group.of - group.done) for group in lacking][-1] == ("tricks", 1)
    assert "Everything" not in missing.section(whole, "darts")


def test_the_list_sees_other_code_other_settings_and_local_changes(whole):
    before = met(whole, "darts")
    rows = [row for row in inputs.runs(whole.config, "benchmark") if row["method"] == "darts"]
    other = {"settings": {"dataset": {}, "protocol": {}}, "code": "0" * 64, "dirty": True}
    write_runs(whole.config, whole.results, rows[:1], **other)
    after = met(whole, "darts")
    assert {name for name in before if before[name] and not after[name]} == {
        "Augmentation: one version of the code",
        "A commit without local changes",
        "All of it done with these hyperparameters",
    }
    facts = {item.practice: item.fact for item in checklist.items(whole, "darts")}
    assert facts["All of it done with these hyperparameters"].startswith("1 of ")
    assert f"`{MADE['commit'][:12]}` (changed)" in facts["A commit without local changes"]


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


def test_descriptions_are_the_first_lines_of_the_methods():
    for method in method_names():
        line = describe_method(method)
        assert 20 < len(line) < 110 and line.endswith(").")


def test_gathered_runs_are_those_of_the_study(whole):
    found = {
        (s.dataset, s.method): s for s in searched_vs_random(whole.studies["benchmark"], ("best",))
    }
    assert len(found) == 6
    assert all(s.searched.size == s.random.size == 3 for s in found.values())
    assert isinstance(whole.complexity, pd.DataFrame) and len(whole.complexity) == 36
