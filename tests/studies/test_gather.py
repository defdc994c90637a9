"""Study tables from runs, which are believed only if they are what the configuration asks for."""

import pytest

from naseval import records, schemas
from naseval.errors import NasevalError
from naseval.studies import run_settings
from naseval.studies._gather import gather_histories, gather_runs
from result_files import ASKED, EPOCHS, RUN, SEARCH, kinds

MEMBER = {
    "path": RUN.path, "dataset": RUN.dataset, "protocol": RUN.protocol, "genotype": RUN.genotype,
    "seed": RUN.seed, "origin": "random", "space": "darts",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    return kinds(tmp_path)


def rewritten(kind, change, **provenance):
    """Write a file anew, by the project's own writer, with other rows or another provenance."""
    content = records.read(kind.path)
    made = records.provenance_in(content)
    rows = change(content.to_pylist())
    plain = content.schema.remove_metadata()
    records.write(kind.path, type(content).from_pylist(rows, schema=plain), made | provenance)


def with_value(column, value):
    return lambda rows: [*rows[:-1], rows[-1] | {column: value}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (with_value("test_accuracy", float("nan")), "test_accuracy that are not finite"),
        (with_value("test_accuracy", 1e9), "test_accuracy that are not at most 100"),
        (with_value("train_accuracy", -1.0), "train_accuracy that are not at least 0"),
        (with_value("test_loss", float("inf")), "test_loss that are not finite"),
        (with_value("drop_path", 1.5), "drop_path that are not at most 1"),
        (with_value("at_once", 0), "at_once that are not at least 1"),
        (lambda rows: rows[:-1], f"has {EPOCHS - 1} epochs of {EPOCHS}"),
        (lambda _rows: [], f"has 0 epochs of {EPOCHS}"),
        (lambda rows: [*rows[:3], *rows[4:]], "epoch that are not 1, 2, …"),
        (lambda rows: [*rows[:4], *rows[3:-1]], "epoch that are not 1, 2, …"),
        (lambda rows: rows[::-1], "epoch that are not 1, 2, …"),
        (lambda rows: [*rows, *rows], "epoch that are not 1, 2, …"),
    ],
)
def test_a_run_that_cannot_be_is_refused(files, tmp_path, change, told):
    rewritten(files["run"], change)
    with pytest.raises(NasevalError) as caught:
        gather_runs(tmp_path, "seeds", [MEMBER], ASKED)
    assert told in str(caught.value)
    assert RUN.path in str(caught.value) and "\n" not in str(caught.value)


def test_a_diverged_run_has_its_finite_epochs(files, tmp_path):
    rewritten(files["run"], lambda rows: rows[:5], diverged_in_epoch=6)
    gathered = gather_runs(tmp_path, "seeds", [MEMBER], ASKED, "leave out")
    assert gathered.table["test_accuracy"].to_pylist() == [None]
    assert gathered.table["epoch"].to_pylist() == [6]
    rewritten(files["run"], lambda rows: rows[:4])
    with pytest.raises(NasevalError, match="has 4 epochs of 5"):
        gather_runs(tmp_path, "seeds", [MEMBER], ASKED)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("protocol", {"epochs": 3, "network": {}}, "protocol.epochs 3, not 20"),
        ("protocol", {"epochs": EPOCHS, "network": {"x": 1}}, "protocol.network None, not {}"),
        ("seed", 3, "seed 3, not 2"),
        ("architecture", {"space": "nao", "sampler": "uniform7", "index": 1}, "space 'nao'"),
        ("prepared", {}, "made with prepared {}"),
    ],
)
def test_a_run_of_other_settings_is_refused_with_its_mend(files, tmp_path, key, value, told):
    rewritten(files["run"], lambda rows: rows, settings=run_settings(ASKED, RUN) | {key: value})
    with pytest.raises(NasevalError) as caught:
        gather_runs(tmp_path, "seeds", [MEMBER], ASKED)
    assert told.split(" ", 1)[1] in str(caught.value)
    genotype = f" {tmp_path}/architectures/darts/random-001.json" * (key == "architecture")
    assert f"`rm {tmp_path / RUN.path}{genotype}`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_code_and_other_paths_are_believed_and_counted(files, tmp_path):
    settings = run_settings(ASKED, RUN) | {"checkpoint": "elsewhere/run.pt"}
    rewritten(files["run"], lambda rows: rows, settings=settings, code="0" * 64)
    gathered = gather_runs(tmp_path, "seeds", [MEMBER], ASKED)
    assert gathered.runs_by_code == {"0" * 64: 1}
    assert len(gathered.table) == EPOCHS


def test_a_study_table_has_the_curves_of_its_runs(files, tmp_path):
    curve = records.read(files["run"].path)
    table = gather_runs(tmp_path, "seeds", [MEMBER], ASKED).table
    assert table.column_names == schemas.STUDY.names
    assert table["epoch"].to_pylist() == list(range(1, EPOCHS + 1))
    assert table["test_accuracy"].equals(curve["test_accuracy"])
    assert set(table["genotype"].to_pylist()) == {RUN.genotype}
    assert table["method"].null_count == EPOCHS


def test_a_history_of_other_settings_is_refused(files):
    history = files["history"]
    settings = records.provenance_of(history.path)["settings"] | {"seed": 5}
    rewritten(history, lambda rows: rows, settings=settings)
    with pytest.raises(NasevalError, match=r"history\.parquet was made with seed 5, not 0"):
        gather_histories([SEARCH], [str(history.path)], ASKED)
