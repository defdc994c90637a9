"""Cells that are judged in steps: which runs are planned, by the verdicts on disk."""

from collections import Counter

import pytest
import yaml

from naseval import records, schemas
from naseval.config import load_config
from naseval.errors import ConfigError, NasevalError
from naseval.settings.validation import merged
from naseval.studies import members
from naseval.studies._packs import packs, search_packs
from naseval.studies._stopping import (
    at_looks,
    judged,
    look_file,
    look_settings,
    planned_sentence,
    rows_at,
    so_far,
    stages,
    stepwise,
)
from paths import ROOT

PAPER = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
STEPS = {"start": 4, "step": 4, "most": 16}
CELLS = [("cifar10", "darts"), ("cifar10", "stacnas"), ("cifar10", "enas")]
"""The first two share their baseline."""


def configured(**benchmark):
    """Return the paper's configuration with a benchmark of three cells and no other study."""
    fields = {"datasets": ["cifar10"], "methods": [method for _, method in CELLS]}
    fields |= {"searches": STEPS, "random": STEPS, **benchmark}
    studies = dict.fromkeys(PAPER["studies"]) | {"benchmark": PAPER["studies"]["benchmark"]}
    return load_config(merged({**PAPER, "studies": studies}, {"studies": {"benchmark": fields}}))


def write_look(root, config, cell, look, verdict="undecided"):
    looks = stepwise(config)[cell]
    row = {
        **dict(zip(("dataset", "method"), cell, strict=True)),
        **looks[look - 1]._asdict(),
        "look": look,
        "looks": len(looks),
        "searched_n": looks[look - 1].searches,
        "random_n": looks[look - 1].random,
        "difference_level": 0.02,
        "equivalence_level": 0.02,
        "margin": 0.25,
        "verdict": verdict,
        "decided": verdict != "undecided",
    }
    made = {"settings": look_settings(config, cell), "inputs": {}}
    records.write(root / look_file(*cell, look), records.table(schemas.LOOK, [row]), made)


def numbers(config):
    return Counter((member.method, member.origin) for member in members(config, "benchmark"))


def test_without_steps_nothing_changes(tmp_path):
    config = configured(searches=8, random=8)
    assert stepwise(config) == {}
    assert so_far(config, tmp_path) is config
    assert planned_sentence(config, tmp_path) == ""
    assert len(list(stages(config))) == 1


def test_cells_get_more_runs_while_they_are_undecided(tmp_path):
    config = configured()
    darts, stacnas, enas = CELLS
    assert set(numbers(so_far(config, tmp_path)).values()) == {4}
    write_look(tmp_path, config, darts, 1, "better")
    for look in (1, 2):
        write_look(tmp_path, config, stacnas, look)
    for look in (1, 2, 3, 4):
        write_look(tmp_path, config, enas, look)
    here = so_far(config, tmp_path)
    found = {method: numbers(here)[method, "searched"] for _, method in CELLS}
    assert found == {"darts": 4, "stacnas": 12, "enas": 16}
    assert found == {method: numbers(here)[method, "random"] for _, method in CELLS}
    runs = {member.run for member in members(here, "benchmark")}
    assert sum(run.genotype.startswith("darts/random") for run in runs) == 12  # once for both
    assert stepwise(here) == {}
    assert planned_sentence(config, tmp_path) == (
        "The benchmark is judged in steps, and 2 of 3 cells are not decided: it takes at least "
        "32 searches and 60 runs, at most 48 searches and 80 runs, finished ones included."
    )


def test_the_first_verdict_ends_a_cell_whatever_lies_behind_it(tmp_path):
    config = configured()
    write_look(tmp_path, config, CELLS[0], 1, "worse")
    write_look(tmp_path, config, CELLS[0], 2, "better")
    assert [row["verdict"] for row in judged(config, tmp_path)[CELLS[0]]] == ["worse"]


def test_what_was_judged_by_other_settings_does_not_count(tmp_path):
    config = configured()
    write_look(tmp_path, config, CELLS[0], 1, "better")
    assert judged(config, tmp_path)[CELLS[0]]
    assert not judged(configured(searches={**STEPS, "most": 12}), tmp_path)[CELLS[0]]


def test_a_look_that_is_made_again_is_read_again(tmp_path):
    config = configured()
    for verdict in ("better", "worse", "equivalent"):
        write_look(tmp_path, config, CELLS[0], 1, verdict)
        assert judged(config, tmp_path)[CELLS[0]][0]["verdict"] == verdict
    (tmp_path / look_file(*CELLS[0], 1)).write_bytes(b"PAR1")
    with pytest.raises(NasevalError, match="look-1"):
        judged(config, tmp_path)


def test_a_look_has_the_first_runs_of_both_sides():
    config = configured(random=16)
    rows = rows_at(config, CELLS[2], 2)
    assert {row["method"] for row in rows} == {"enas"}
    assert Counter(row["origin"] for row in rows) == {"searched": 8, "random": 16}
    names = {row["genotype"] for row in rows if row["origin"] == "searched"}
    assert names == {f"enas/cifar10/seed-{seed}" for seed in range(8)}


def test_only_cells_with_steps_have_looks():
    overrides = {"cifar10": {"darts": {"searches": 8, "random": 12}}}
    config = configured(overrides=overrides)
    assert set(stepwise(config)) == set(CELLS[1:])
    assert numbers(at_looks(config, dict.fromkeys(CELLS[1:], 1)))["darts", "random"] == 12


@pytest.mark.parametrize("size", [1, 3, 12])
def test_no_pack_has_runs_of_two_looks(size):
    config = configured()
    groups = list(stages(config))
    assert [len(group) for group in groups] == [20, 20, 20, 20]
    found = [pack for look, runs in enumerate(groups, 1) for pack in packs(runs, size, look)]
    everything = {member.run for member in members(config, "benchmark")}
    assert sorted(run for pack in found for run in pack.runs) == sorted(everything)
    assert len({pack.name for pack in found}) == len(found)
    genotypes = stages(config, lambda run: run.genotype)
    searched = [
        one for look, runs in enumerate(genotypes, 1) for one in search_packs(runs, size, look)
    ]
    seeds = [(one.method, seed) for one in searched for seed in one.seeds]
    assert len(seeds) == len(set(seeds)) == 48
    assert len({one.name for one in searched}) == len(searched)


@pytest.mark.parametrize(
    ("benchmark", "sentence"),
    [
        ({"searches": 0}, "studies.benchmark.searches: input should be greater than 0"),
        ({"searches": {**STEPS, "start": 3}}, "studies.benchmark.searches.start"),
        (
            {"searches": {**STEPS, "most": 3}},
            "searches.most: it should be at least start, 4, not 3",
        ),
        ({"searches": {**STEPS, "moste": 3}}, "searches.moste is unknown"),
        ({"searches": {"start": 4, "most": 8}}, "searches.step is missing"),
        ({"random": 3}, "3 runs on a side give no verdict; give both sides at least 4"),
    ],
)
def test_steps_that_are_none_are_an_error(benchmark, sentence):
    base = {"searches": 8, "random": 8} if "random" not in benchmark else {}
    with pytest.raises(ConfigError, match=sentence):
        configured(**{**base, **benchmark})


def test_the_study_of_tricks_has_fixed_numbers():
    tricks = {**PAPER["studies"]["tricks"], "overrides": {"cifar10": {"darts": {"random": STEPS}}}}
    with pytest.raises(ConfigError, match="steps, which only the benchmark takes"):
        load_config(merged(PAPER, {"studies": {"tricks": tricks}}))
