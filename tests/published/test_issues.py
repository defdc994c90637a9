"""Issues are found by computation, on small made data, and not where there are none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval.errors import NasevalError
from naseval.published import splits
from naseval.published.issues import accuracy_tables, genotypes, runs
from naseval.published.issues import splits as split_issues
from naseval.published.issues.issue import Issue, issue_table
from naseval.published.raw_arrays import read_numbers
from naseval.published.raw_files import SEEDS
from published_files import constants

USUAL = ["Random DARTS", "DARTS", "Random PDARTS", "PDARTS"]
RNG = np.random.default_rng(0)


def only(issues: list[Issue]) -> Issue:
    (issue,) = issues
    return issue


def test_blanks_in_headers() -> None:
    assert (
        "'PDARTS '" in only(list(accuracy_tables.blanks("f", "s", ["DARTS", "PDARTS "]))).evidence
    )
    assert not list(accuracy_tables.blanks("f", "s", USUAL))


def test_empty_column() -> None:
    table = {"A": np.array([1.0, 2.0]), "B": np.array([np.nan, np.nan])}
    issue = only(list(accuracy_tables.empty("f", "s", table)))
    assert "B" in issue.what
    assert issue.evidence == "2 of 2 entries are blank"


def test_repeated_columns() -> None:
    table = {"A": np.array([1.0, 2.0]), "B": np.array([2.0, 1.0]), "C": np.array([1.0, 2.0])}
    assert "A and C" in only(list(accuracy_tables.repeated("f", "s", table))).what
    blank = {"A": np.array([np.nan]), "B": np.array([np.nan])}
    assert not list(accuracy_tables.repeated("f", "s", blank))


def test_another_order() -> None:
    exchanged = ["Random PDARTS", "PDARTS ", "Random DARTS", "DARTS"]
    issue = only(list(accuracy_tables.other_order({"a": USUAL, "b": USUAL, "c": exchanged})))
    assert issue.file == "c"
    assert "pdarts for darts" in issue.evidence
    assert not list(accuracy_tables.other_order({"a": USUAL, "b": USUAL}))


def test_another_name() -> None:
    issue = only(list(accuracy_tables.other_names({"x/CIFAR10.csv": ["Random MANAS", "MANAS-LS"]})))
    assert "MANAS-LS" in issue.what
    assert not list(accuracy_tables.other_names({"a": USUAL}))


@given(images=st.integers(100, 10_000), right=st.data(), digits=st.integers(2, 6))
def test_every_rounded_accuracy_fits(images: int, right: st.DataObject, digits: int) -> None:
    correct = right.draw(st.integers(0, images))
    assert accuracy_tables.fit(f"{100 * correct / images:.{digits}f}", images) == "rounded"


@pytest.mark.parametrize(
    ("text", "images", "kind"),
    [
        ("95.65", 318, "impossible"),
        ("95.69", 1682, "impossible"),
        ("96.4754", 1682, "impossible"),
        ("96.2578", 1682, "impossible"),
        ("93.868141", 1682, "impossible"),
        ("94.82", 1682, "cut off"),
        ("97.009995", 10_000, "float32"),
        ("97.01", 10_000, "rounded"),
    ],
)
def test_kinds_of_accuracies(text: str, images: int, kind: str) -> None:
    assert accuracy_tables.fit(text, images) == kind


def test_one_issue_per_column_and_kind() -> None:
    table = {"DARTS": ["95.65", "93.71"], "NAO": ["88.364777", ""], "PDARTS": ["93.7107", "94.03"]}
    issues = list(accuracy_tables.inexact("f", table, 318))
    assert [issue.severity for issue in issues] == ["warning", "note"]
    assert issues[0].evidence == "row 0: 95.65, nearest 95.5975 and 95.9119"


def test_missing_pairs_and_networks() -> None:
    typed = np.array([[1.0, 2.0]] * 8)
    assert "24 of the 32" in only(list(runs.seed_pairs(np.ones((24, 2)), typed))).what
    assert not list(runs.seed_pairs(np.ones((32, 2)), typed))
    assert only(list(runs.networks("f", 6, 12))).evidence == "12 of 16 curves"
    assert not list(runs.networks("f", 4, 16))


def test_other_runs_in_the_figure() -> None:
    figure = constants().cost_figure
    table = {"Random DARTS": np.array(figure.random["darts"]), "PDARTS": np.full(8, 97.125)}
    issue = only(list(runs.other_runs("f", table, constants())))
    assert "pdarts (searched)" in issue.what
    assert issue.evidence == "means 97.1250 in the table, 97.0575 in Fig. 2"


def test_shared_and_unpaired_runs() -> None:
    curves = RNG.normal(95, 1, (20, 5))
    assert only(list(runs.shared_curves(curves[:16], curves))).evidence.startswith("16 of 16")
    assert not list(runs.shared_curves(curves[1:17], curves))
    best = RNG.normal(95, 1, 16)
    assert not list(runs.unpaired_cells({4: best, 8: best + 0.5}))
    assert only(list(runs.unpaired_cells({4: best, 8: best[::-1]}))).severity == "warning"
    pairs = np.array([[97.15, 97.0], [96.93, 97.02]])
    assert only(list(runs.shared_architectures(pairs[:, 0], pairs))).study == "seeds"
    assert not list(runs.shared_architectures(pairs[:, 1], pairs))


def test_best_is_not_last() -> None:
    issue = only(list(runs.best_not_last("f", np.array([[90.0, 95.0, 94.0], [1.0, 2.0, 3.0]]))))
    assert "best epochs 2 to 3" in issue.evidence
    assert not list(runs.best_not_last("f", np.array([[1.0, 2.0]])))
    assert not list(runs.no_epochs("f", "s", (16, 600), 600))
    assert only(list(runs.no_epochs("f", "s", (24, 2), 600))).severity == "note"


def edges(operations: list[list[str]], cell: str = "normal") -> pd.DataFrame:
    rows = [
        {"genotype": f"darts/random-{i:03d}", "space": "darts", "cell": cell, "operation": name}
        for i, names in enumerate(operations)
        for name in names
    ]
    return pd.DataFrame(rows)


def test_operations_that_a_uniform_draw_would_give() -> None:
    uniform = edges([list(genotypes.OPERATIONS)] * 40)
    assert not list(genotypes.absent(uniform))
    assert not list(genotypes.uneven(uniform))
    assert not list(genotypes.late(uniform))


def test_absent_uneven_and_late_operations() -> None:
    without = [name for name in genotypes.OPERATIONS if name not in ("none", "dil_conv_5x5")]
    drawn = edges([without] * 60 + [[*without, "dil_conv_5x5"]] * 40)
    assert "none" in only(list(genotypes.absent(drawn))).what
    assert "dil_conv_5x5" in only(list(genotypes.uneven(drawn))).what
    assert (
        only(list(genotypes.late(drawn))).what == "the first 60 architectures have no dil_conv_5x5"
    )


def test_genotypes_and_curves_that_do_not_belong_together() -> None:
    curves = np.array([[90.0, 95.0], [91.0, 90.0]])
    assert not list(genotypes.disagreeing([95.0, 91.0], curves))
    assert only(list(genotypes.disagreeing([91.0, 95.0], curves))).severity == "error"
    assert only(list(genotypes.disagreeing([95.0], curves))).evidence == "1 of 2 accuracies agree"
    assert only(list(genotypes.unpublished(56, edges([["none"]])))).severity == "error"


def images(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["split", "class", "name"])


def test_lists_of_images() -> None:
    listed = images(
        [("train", "bar", "1.jpg"), ("test", "mall", "1.jpg"), ("test", "bar", "1.jpg")]
    )
    found = [issue.what for issue in split_issues.of_dataset("mit67", listed)]
    assert found == [
        "no list of validation images is published",
        "the lists hold another number of images than the paper states",
        "file names occur in more than one class",
        "images are listed twice",
    ]


def test_split_lists_with_and_without_row_numbers(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for stems in splits.FILES.values():
        for stem in [stem for names in stems.values() for stem in names]:
            header = ",Unnamed: 0,0,1\n0," if "train" in stem else ",0,1\n"
            (tmp_path / "data" / f"{stem}.csv").write_text(header + "polo,a b.jpg,\n")
    rows = splits.read(tmp_path).to_pylist()
    assert len(rows) == 10
    assert {row["class"] for row in rows} == {"polo"}
    assert {row["name"] for row in rows} == {"a b.jpg"}


def test_issue_table_has_one_row_per_issue() -> None:
    table = issue_table([Issue("f", "s", "note", "what", "handling", "1")])
    assert table.column_names == ["file", "study", "severity", "what", "handling", "evidence"]
    assert table.num_rows == 1


def test_missing_and_damaged_files(tmp_path: Path) -> None:
    with pytest.raises(NasevalError, match="is missing; run the rule"):
        read_numbers(tmp_path, SEEDS)
    place = tmp_path / SEEDS
    place.parent.mkdir(parents=True)
    np.save(place, np.array([{"no": "numbers"}], dtype=object), allow_pickle=True)
    with pytest.raises(NasevalError, match="is no array"):
        read_numbers(tmp_path, SEEDS)
    np.save(place, np.arange(3.0))
    with pytest.raises(NasevalError, match="no table of accuracies"):
        read_numbers(tmp_path, SEEDS)
