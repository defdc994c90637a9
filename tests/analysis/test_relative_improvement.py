"""Finals, relative improvement and table 1."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval import records
from naseval.analysis.finals import finals
from naseval.analysis.relative_improvement import (
    benchmark_table,
    relative_improvement,
    relative_improvements,
)
from naseval.analysis.tables import in_order, markdown, rounded, write_table
from study_tables import (
    METHODS,
    curve_rows,
    frame,
    made_up_benchmark,
    needs_published,
    published_benchmark,
)

ACCURACIES = st.lists(st.floats(50, 100), min_size=2, max_size=8)


def test_finals_keep_best_and_last_apart():
    study = frame(
        [
            *curve_rows([10, 30, 20], genotype="darts/random-001"),
            {"genotype": "darts/random-000", "test_accuracy": 97.5},
            *curve_rows([40, 50], genotype="darts/random-001", seed=1),
        ]
    )
    runs = finals(study.sample(frac=1, random_state=3).sort_values("genotype", ascending=False))
    by_run = runs.set_index(["genotype", "seed"])
    assert by_run.loc[("darts/random-001", 0), ["best", "last", "epochs"]].tolist() == [30, 20, 3]
    assert by_run.loc[("darts/random-001", 1), ["best", "last", "epochs"]].tolist() == [50, 50, 2]
    only_best = by_run.loc[("darts/random-000", 0)]
    assert only_best["best"] == 97.5
    assert np.isnan(only_best["last"]) and pd.isna(only_best["epochs"])
    assert runs["genotype"].tolist() == ["darts/random-001"] * 2 + ["darts/random-000"]


def test_runs_without_a_method_are_not_lost():
    study = frame(
        [
            {"genotype": "a", "test_accuracy": 1.0},
            {"genotype": "a", "method": "darts", "test_accuracy": 2.0},
        ]
    )
    assert finals(study)["best"].tolist() == [1.0, 2.0]


def test_relative_improvement_by_hand():
    value, low, high = relative_improvement([99.0, 101.0], [79.0, 81.0])
    assert value == pytest.approx(25.0)
    # standard errors of 1 and 1 point; slopes 100 / 80 and -125 / 80; Welch and Satterthwaite
    squares = np.array([100 / 80, 125 / 80]) ** 2
    half = stats.t.ppf(0.975, squares.sum() ** 2 / (squares**2).sum()) * squares.sum() ** 0.5
    assert (low, high) == pytest.approx((25 - half, 25 + half))


@settings(max_examples=30)
@given(ACCURACIES, ACCURACIES)
def test_interval_encloses_the_value_and_scale_does_not_matter(searched, random):
    value, low, high = relative_improvement(searched, random)
    halved = relative_improvement(np.array(searched) / 2, np.array(random) / 2)
    assert halved == pytest.approx((value, low, high), abs=1e-6, nan_ok=True)
    if np.ptp(searched) + np.ptp(random) == 0:
        assert np.isnan([low, high]).all()
    else:
        assert low - 1e-9 <= value <= high + 1e-9


def test_too_few_runs_give_no_interval():
    value, low, high = relative_improvement([96.0], [95.0, 97.0])
    assert value == 0 and np.isnan([low, high]).all()
    assert np.isnan(relative_improvement([], [95.0, 97.0])).all()


def test_equal_runs_have_no_interval():
    value, low, high = relative_improvement([51.0] * 3, [50.0] * 3)
    assert value == pytest.approx(2.0) and np.isnan([low, high]).all()


def test_a_baseline_of_zero_has_no_improvement():
    assert np.isnan(relative_improvement([51.0, 52.0], [0.0, 0.0])).all()


def test_table_has_best_and_last_with_population_spread():
    study = made_up_benchmark(runs=4)
    runs = finals(study)
    for statistic in ("best", "last"):
        table = benchmark_table(study, statistic).set_index(["dataset", "method"])
        assert len(table) == 4
        here = runs[(runs["dataset"] == "sport8") & (runs["method"] == "nao")]
        random = here.loc[here["origin"] == "random", statistic]
        row = table.loc[("sport8", "nao")]
        assert row["random_mean"] == pytest.approx(random.mean())
        assert row["random_std"] == pytest.approx(random.std(ddof=0))
        assert row["searched_n"] == row["random_n"] == 4
        assert row["low"] < row["relative_improvement"] < row["high"]


def test_last_is_left_out_where_only_finals_are_known():
    study = frame(
        {"genotype": f"{o}-{i}", "origin": o, "method": "darts", "test_accuracy": 90.0 + i}
        for o in ("random", "searched")
        for i in range(3)
    )
    assert len(benchmark_table(study, "best")) == 1
    assert benchmark_table(study, "last").empty
    tidy, _ = relative_improvements(study)
    assert tidy["statistic"].tolist() == ["best"]


def test_a_method_without_searches_has_no_improvement():
    study = made_up_benchmark()
    study = study[~((study["method"] == "nao") & (study["origin"] == "searched"))]
    table = benchmark_table(study).set_index(["dataset", "method"])
    assert np.isnan(table.loc[("cifar10", "nao"), "relative_improvement"])
    assert table.loc[("cifar10", "nao"), "searched_n"] == 0


def test_a_method_known_by_a_summary_of_one_side_has_no_runs_on_the_other():
    known = {"dataset": "mit67", "method": "nao", "n": 8, "mean": 70.0, "std": 0.5}
    for origin, other in (("searched", "random"), ("random", "searched")):
        summaries = pd.DataFrame([{**known, "origin": origin}])
        table = benchmark_table(made_up_benchmark(), summaries=summaries)
        row = table.set_index(["dataset", "method"]).loc[("mit67", "nao")]
        assert row[[f"{origin}_trained", f"{origin}_n", f"{origin}_mean"]].tolist() == [8, 8, 70]
        assert row[[f"{other}_trained", f"{other}_n"]].tolist() == [0, 0]
        assert np.isnan([row[f"{other}_mean"], row["relative_improvement"]]).all()


def test_pieces_of_a_table_may_share_row_numbers():
    halves = [made_up_benchmark([name]) for name in ("cifar10", "sport8")]
    assert len(finals(pd.concat(halves))) == sum(len(finals(half)) for half in halves)


def test_labels_set_the_order_and_the_rest_follows():
    assert in_order(["z", "nao", "darts", "a", "nao"], METHODS) == ["darts", "nao", "a", "z"]


def test_people_read_rounded_numbers():
    assert rounded("mean", 97.0341) == "97.03"
    assert rounded("welch_p", 0.000124) == "0.00012"
    assert rounded("n", 8) == "8"
    assert rounded("low", float("nan")) == "–"
    text = markdown(pd.DataFrame({"a|b": [1.0], "word": ["x|y"]}), "Title", "A note.")
    assert "| 1.00 | x\\|y |" in text and text.startswith("# Title\n")


def test_tables_are_written_in_four_forms(tmp_path):
    table = benchmark_table(made_up_benchmark())
    stem = tmp_path / "deep" / "table"
    write_table(table, stem, "A title", "A note.", {"source": "reproduced"})
    assert sorted(path.name for path in stem.parent.iterdir()) == [
        "table.csv",
        "table.html",
        "table.md",
        "table.parquet",
    ]
    pd.testing.assert_frame_equal(pq.read_table(f"{stem}.parquet").to_pandas(), table)
    assert records.provenance_of(f"{stem}.parquet") == {"source": "reproduced"}
    back = pd.read_csv(f"{stem}.csv")
    pd.testing.assert_frame_equal(back, table)
    first = {path: path.read_bytes() for path in stem.parent.iterdir()}
    write_table(table, stem, "A title", "A note.", {"source": "reproduced"})
    assert first == {path: path.read_bytes() for path in stem.parent.iterdir()}


@needs_published
def test_published_intervals_agree_with_welch_where_the_evidence_is_clear():
    """Where Welch's p is below 0.01 the interval excludes 0; above 0.2 it holds it."""
    study = published_benchmark()
    runs = finals(study)
    for row in benchmark_table(study).dropna().itertuples():
        here = runs[(runs["dataset"] == row.dataset) & (runs["method"] == row.method)]
        sides = [here.loc[here["origin"] == o, "best"] for o in ("searched", "random")]
        p = stats.ttest_ind(*sides, equal_var=False).pvalue
        if p < 0.01:
            assert row.low > 0 or row.high < 0
        if p > 0.2:
            assert row.low < 0 < row.high
