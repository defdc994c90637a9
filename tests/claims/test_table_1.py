"""Table 1: as laid out, with the printed numbers, on made and on the authors' runs."""

import numpy as np
import pandas as pd
import pytest

from naseval.claims import table_1
from study_tables import (
    DATASETS,
    METHODS,
    frame,
    made_up_benchmark,
    needs_published,
    published_benchmark,
    recomputed,
    stacnas_summary,
)


def test_last_has_no_row_where_only_finals_are_known():
    study = frame(
        {"genotype": f"{o}-{i}", "origin": o, "method": "darts", "test_accuracy": 90.0 + i}
        for o in ("random", "searched")
        for i in range(3)
    )
    tidy, shown, _ = table_1.build(study, {"cifar10": "C10"}, {})
    assert tidy["statistic"].tolist() == ["best"]
    assert shown.columns.tolist() == ["Method", "Accuracy", "C10"]
    assert shown["Accuracy"].tolist() == ["best", "as printed"]


def test_a_method_without_searches_has_a_dash():
    study = made_up_benchmark()
    study = study[~((study["method"] == "nao") & (study["origin"] == "searched"))]
    _, shown, _ = table_1.build(study, DATASETS, METHODS)
    assert shown.set_index(["Method", "Accuracy"]).loc[("NAO", "best"), "CIFAR10"] == "–"


def test_a_cell_has_its_interval_its_star_and_no_negative_zero():
    entry = {"relative_improvement": -0.001, "low": -0.2, "high": 0.1}
    entry |= {"searched_n": 8, "random_n": 4, "verdict": "undecided"}
    assert table_1._text(entry) == "0.00 [−0.20, 0.10]"
    smaller = {**entry, "verdict": "worse, by less than the margin"}
    assert table_1._text(smaller) == "0.00 [−0.20, 0.10]*"
    assert table_1._text({**entry, "verdict": "equivalent"}) == "0.00 [−0.20, 0.10]≈"
    assert table_1._text({**entry, "random_n": 2}) == "0.00 [−0.20, 0.10], from 2 runs"
    assert table_1._text({**entry, "low": np.nan, "high": np.nan}) == "0.00"
    assert table_1._text(None) == "–"


@needs_published
def test_table_1_stands_beside_the_printed_numbers():
    half = dict.fromkeys(DATASETS, 0.5)
    tidy, laid_out, note = table_1.build(published_benchmark(), DATASETS, METHODS, margins=half)
    assert tidy["printed"].notna().all()
    rows = laid_out.set_index(["Method", "Accuracy"])
    assert rows.loc[("PDARTS", "as printed"), "CIFAR100"] == "1.20"
    assert rows.loc[("PDARTS", "best"), "CIFAR100"].startswith("2.00 [")
    starred = sum("*" in text for text in laid_out.to_numpy().ravel())
    assert starred == (tidy["difference_q"] < 0.05).sum() == 8
    assert (tidy["verdict"] == "equivalent").sum() == 1
    assert "36 of its 39 numbers agree" in note
    note = table_1.build(published_benchmark(), DATASETS, METHODS, stacnas_summary())[2]
    assert "37 of its 40 numbers agree" in note


def test_table_1_of_other_datasets_has_nothing_printed():
    study = made_up_benchmark(datasets=["digits"])
    _, laid_out, note = table_1.build(study, {}, {})
    assert set(laid_out["Accuracy"]) == {"best", "last"} and "As printed" not in note


@needs_published
def test_published_relative_improvements():
    """The table by header of the published folder, and 37 of the paper's 40 numbers."""
    printed = """
        0.32 0.23 -0.13 0.10 0.25
        0.52 1.20 0.51 1.19 0.20
        -0.48 1.37 0.43 2.00 1.47
        0.01 -3.44 0.67 0.13 0.47
        0.74 -0.89 -1.06 -0.66 -2.48
        0.18 -0.20 0.33 1.48 0.70
        0.43 2.87 0.38 0.05 -0.16
        0.44 -0.01 -2.05 -1.53 -0.13
    """
    paper = pd.DataFrame(
        [line.split() for line in printed.split("\n") if line.strip()],
        index=list(METHODS),
        columns=list(DATASETS),
    )
    tidy, shown, note = table_1.build(published_benchmark(), DATASETS, METHODS, stacnas_summary())
    expected = recomputed()["table1_RI_by_header"]
    assert len(tidy) == 40
    for row in tidy.itertuples():
        known = expected[DATASETS[row.dataset]][METHODS[row.method]]
        assert row.relative_improvement == pytest.approx(known, abs=1e-6)
    best = shown[shown["Accuracy"] == "best"].set_index("Method")
    text = best[list(DATASETS.values())].map(lambda cell: cell.split()[0].replace("−", "-"))
    differs = {
        (method, dataset)
        for method in METHODS
        for dataset in DATASETS
        if text.loc[METHODS[method], DATASETS[dataset]] != paper.loc[method, dataset]
    }
    assert differs == {
        ("pdarts", "cifar100"),
        ("darts", "flowers102"),
        ("pdarts", "flowers102"),
    }
    assert best.loc["StacNAS", "CIFAR100"] == "2.87"
    assert (
        "Without interval, for want of runs, of runs that differ or of a baseline above 0: 1."
        in note
    )
    assert (tidy["relative_improvement"] > 0).sum() == 27
