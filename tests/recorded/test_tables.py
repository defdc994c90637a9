"""The readers of tables, on small inputs in exactly the real forms, and on the real files."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval.errors import NasevalError
from naseval.plugins import plugin_names
from naseval.randomness import stream
from naseval.recorded.facts import fetch_file, get_facts
from naseval.recorded.searches import read_table
from naseval.recorded.tables import darts_301_sample, nas_bench_macro
from naseval.recorded.tables.nas_bench_macro import MacroSpace
from published_files import needs_files
from recorded_tables import MACRO, needs_recorded, real

TABLES = plugin_names("naseval.recorded.tables")
PINNED = get_facts("nas_bench_macro").files[nas_bench_macro.FILE]


def macro_entry(number):
    """An entry as the file has them."""
    return {
        "test_acc": [90.0, 90.5, number / 100],
        "mean_acc": 0.0,
        "std": 0.0,
        "params": 1000 + number,
        "flops": 5000 - number,
    }


@pytest.fixture
def macro_folder(tmp_path):
    content = {np.base_repr(n, 3).zfill(8): macro_entry(n) for n in reversed(range(MACRO))}
    (tmp_path / nas_bench_macro.FILE).write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def zero_cost_entry(number, accuracy):
    scores = {
        column: {"score": float(number * place), "time": 0.5}
        for place, column in enumerate(darts_301_sample.COLUMNS.values())
    }
    return {"idx": str(number), "arch": f"[{number}]", "val_accuracy": accuracy, **scores}


@pytest.mark.parametrize("table", TABLES)
def test_facts_are_complete_and_files_pinned(table):
    facts = get_facts(table)
    assert bool(facts.files) != bool(facts.published)
    assert ("scores" in facts.has) == bool(facts.scores)
    assert ("fidelities" in facts.has) == (facts.epochs is not None)
    assert facts.verdicts == ("repeats" in facts.has)
    for name, file in facts.files.items():
        assert re.fullmatch(r"[0-9a-f]{40}", file.commit)
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.url.endswith(f"/{file.commit}/{file.path}")
        assert file.path.endswith(name)


def test_an_unknown_table_is_one_sentence():
    with pytest.raises(NasevalError, match="nothing is known of the table nowhere"):
        get_facts("nowhere")


def test_macro_is_read_by_its_digits_whatever_the_order(macro_folder):
    table = read_table("nas_bench_macro", macro_folder, get_facts("nas_bench_macro").expected())
    number = int("02012100", 3)
    assert table.names[number] == "nas-bench-macro/02012100"
    assert table.trainings.accuracies[number].tolist() == [90.0, 90.5, number / 100]
    assert table.scores["parameters"].values[number] == 1000 + number
    assert table.scores["flops"].values[number] == 5000 - number


def test_the_sample_is_read_in_the_order_of_its_index(tmp_path):
    entries = [zero_cost_entry(number, 92.0 + number) for number in (2, 0, 1)]
    content = {"cifar10": {entry["arch"]: entry for entry in entries}}
    (tmp_path / darts_301_sample.FILE).write_text(json.dumps(content), encoding="utf-8")
    table = darts_301_sample.read(tmp_path)
    assert table.names == ("nasbench301/0", "nasbench301/1", "nasbench301/2")
    assert [table.trainings.view(stream(0)).outcome(n).reported for n in range(3)] == [92, 93, 94]
    place = list(darts_301_sample.COLUMNS).index("nwot")
    assert table.scores["nwot"].values.tolist() == [0, place, 2 * place]
    assert table.scores["nwot"].seconds.tolist() == [0.5] * 3
    with pytest.raises(NasevalError, match=r"has 3 architectures .* correct the facts"):
        read_table("darts_301_sample", tmp_path, get_facts("darts_301_sample").expected())


@pytest.mark.parametrize("content", ["{", "[]", '{"cifar10": {}, "00000000": {"params": 1}}'])
def test_damaged_files_are_one_sentence(content, tmp_path):
    (tmp_path / nas_bench_macro.FILE).write_text(content, encoding="utf-8")
    with pytest.raises(NasevalError, match=r"is not the table .* delete it"):
        nas_bench_macro.read(tmp_path)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(NasevalError, match="is missing; run the rule recorded_file"):
        nas_bench_macro.read(tmp_path)


def test_a_file_of_the_mirror_that_is_not_the_pinned_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("NASEVAL_RECORDED", str(tmp_path))
    (tmp_path / nas_bench_macro.FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(NasevalError, match="is not the file that is pinned"):
        fetch_file(nas_bench_macro.FILE, PINNED, tmp_path / "target.json")
    assert not (tmp_path / "target.json").exists()


def test_a_mirror_that_is_no_folder_names_its_variable_and_key(tmp_path, monkeypatch):
    monkeypatch.delenv("NASEVAL_RECORDED", raising=False)
    with pytest.raises(NasevalError, match=r"NASEVAL_RECORDED or the config key recorded\.mirror"):
        fetch_file(nas_bench_macro.FILE, PINNED, tmp_path / "t", str(tmp_path / "nowhere"))


@given(st.integers(0, MACRO - 1), st.integers(0, 10**6))
def test_neighbours_of_macro_differ_in_one_digit(architecture, seed):
    space = MacroSpace()
    digits = np.base_repr(architecture, 3).zfill(8)
    found = [np.base_repr(other, 3).zfill(8) for other in space.neighbours(architecture)]
    assert len(set(found)) == 16
    for other in found:
        assert sum(one != two for one, two in zip(digits, other, strict=True)) == 1
    assert space.mutate(architecture, stream(seed)) in space.neighbours(architecture)


def test_mutations_of_macro_are_uniform():
    drawn = [MacroSpace().mutate(3280, rng) for rng in [stream("macro")] for _ in range(8000)]
    _, counts = np.unique(drawn, return_counts=True)
    assert len(counts) == 16
    assert counts == pytest.approx(500, abs=5 * 500**0.5)


@needs_recorded
@pytest.mark.parametrize("table", [name for name in TABLES if get_facts(name).files])
def test_the_real_files_are_the_pinned_ones(table, tmp_path):
    for name, file in get_facts(table).files.items():
        fetch_file(name, file, tmp_path / name)
        assert (tmp_path / name).stat().st_size == file.bytes


@needs_recorded
def test_the_real_macro():
    accuracies = real("nas_bench_macro").trainings.accuracies
    assert accuracies.shape == (6561, 3)
    means = accuracies.mean(axis=1)
    assert [round(float(value), 1) for value in (means.min(), means.max(), means.mean())] == [
        45.4,
        93.1,
        90.2,
    ]


@needs_recorded
def test_the_real_sample():
    predictions = real("darts_301_sample").trainings.accuracies
    assert (round(predictions.min(), 1), round(predictions.max(), 1)) == (91.2, 94.5)


@needs_files
def test_the_real_pool():
    table = real("darts_214")
    curves = table.trainings.accuracies
    gap = curves.max(axis=1) - curves[:, -1]
    assert curves.shape == (214, 600)
    assert (round(gap.mean(), 3), round(gap.max(), 2)) == (0.085, 0.22)
    assert 2e6 < table.scores["parameters"].values.min() < 4e6
