"""Methods over datasets: random effects, mean ranks, the critical difference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.cells import Cell, cells
from naseval.analysis.contrasts import improvement
from naseval.analysis.over_datasets import (
    critical_difference,
    mean_ranks,
    over_datasets,
    pooled,
    rank_intervals,
    table,
)
from naseval.randomness import stream
from study_tables import made_up_benchmark, needs_published, published_benchmark

BCG = np.array(
    [
        (-0.8893, 0.3256), (-1.5854, 0.1946), (-1.3481, 0.4154), (-1.4416, 0.0200),
        (-0.2175, 0.0512), (-0.7861, 0.0069), (-1.6209, 0.2230), (0.0120, 0.0040),
        (-0.4694, 0.0564), (-1.3713, 0.0730), (-0.3394, 0.0124), (0.4459, 0.5325),
        (-0.0173, 0.0714),
    ]
)  # fmt: skip
"""Log risk ratios and variances of the BCG vaccine trials, as the R package metafor prints them."""
EFFECTS = st.lists(st.floats(-3, 3), min_size=3, max_size=8).map(np.array)


def test_the_bcg_trials():
    """Paule and Mandel's variance is 0.3181, as in Veroniki et al. (2016) and metafor."""
    found = pooled(BCG[:, 0], np.sqrt(BCG[:, 1]))
    assert found.between**2 == pytest.approx(0.3181, abs=1e-4)
    assert found.value == pytest.approx(-0.7150, abs=1e-4)
    weights = 1 / (BCG[:, 1] + found.between**2)
    assert (weights * (BCG[:, 0] - found.value) ** 2).sum() == pytest.approx(len(BCG) - 1)
    error = np.sqrt(1 / weights.sum())
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.975, 12) * error)
    predicted = stats.t.ppf(0.975, 11) * np.hypot(error, found.between)
    assert found.predicted_high - found.value == pytest.approx(predicted)


@given(EFFECTS, st.floats(0.01, 2))
def test_equal_errors_give_students_interval(effects, error):
    """Whatever the variance between datasets."""
    found = pooled(effects, np.full(len(effects), error))
    low, high = stats.t.interval(
        0.95, len(effects) - 1, effects.mean(), max(stats.sem(effects), 1e-300)
    )
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-7)
    assert found.predicted_low <= found.low + 1e-9 and found.predicted_high >= found.high - 1e-9


def test_two_datasets_are_not_pooled():
    assert np.isnan(pooled(np.array([1.0, 2.0]), np.array([0.1, 0.1]))).all()


def test_effects_that_agree_have_nothing_between_them():
    assert pooled(np.array([0.1, 0.2, 0.15]), np.array([1.0, 0.5, 0.7])).between == 0


def test_critical_differences_are_demsars():
    """The quantiles of table 5 in Demšar (2006)."""
    known = {2: 1.960, 3: 2.343, 4: 2.569, 5: 2.728, 6: 2.850, 7: 2.949, 8: 3.031, 9: 3.102}
    for methods, quantile in known.items():
        expected = quantile * np.sqrt(methods * (methods + 1) / (6 * 14))
        assert critical_difference(methods, [methods] * 14) == pytest.approx(expected, abs=1e-3)


def test_methods_that_lack_a_dataset_widen_the_critical_difference():
    """Seven methods without any difference on five datasets, and three more on three of these."""
    rng = np.random.default_rng(6)
    ranked, trials = [10, 10, 10, 7, 7], 4000
    places = [stats.rankdata(rng.normal(size=(trials, of)), axis=1)[:, :7] for of in ranked]
    spans = np.ptp(np.mean(places, axis=0), axis=1)
    assert (spans > critical_difference(7, ranked)).mean() < 0.05
    assert (spans > critical_difference(7, [7] * 5)).mean() > 0.1


def test_the_interval_holds_the_mean():
    """Of five datasets without and with spread; 400 samples, standard error about 1 %."""
    rng = np.random.default_rng(5)
    for between in (0.0, 0.5):
        held = 0
        for _ in range(400):
            errors = rng.uniform(0.1, 0.6, 5)
            found = pooled(rng.normal(0, between, 5) + rng.normal(0, errors), errors)
            held += found.low <= 0 <= found.high
        assert held / 400 > 0.9


def test_ranks_follow_the_improvements():
    study = made_up_benchmark(methods=("darts", "nao", "enas"), runs=5)
    known = list(cells(study, ["last"]))
    found = mean_ranks(known)
    assert sum(row["mean_rank"] for row in found.values()) == pytest.approx(6)
    for dataset in ("cifar10", "sport8"):
        here = [cell for cell in known if cell.dataset == dataset]
        alone = mean_ranks(here)
        values = {cell.method: improvement(*cell.groups).value for cell in here}
        for method, row in alone.items():
            assert row["mean_rank"] == 1 + sum(v > values[method] for v in values.values())
            assert row["rank_low"] <= row["mean_rank"] <= row["rank_high"]
    assert found == mean_ranks(known)


def cell(dataset, method, mean, rng, runs=8, spread=1.0):
    sides = rng.normal(mean, spread, runs), rng.normal(50, spread, runs)
    return Cell(dataset, method, "last", True, *sides, (dataset, method), runs, runs)


def test_an_interval_holds_the_rank_however_near_the_methods_are():
    """Of six methods on three datasets, the first and the last too; 60 samples of 18 cells."""
    rng, held = stream("tests", "ranks"), []
    for step in (0.25, 0.5, 2.0):
        for _ in range(20):
            known = [
                cell(dataset, f"m{place}", 60 - step * place, rng)
                for dataset in ("a", "b", "c")
                for place in range(6)
            ]
            ends = rank_intervals(known)
            held += [low <= place + 1 <= high for place, (low, high) in enumerate(ends.values())]
            assert all(1 <= low <= high <= 6 for low, high in ends.values())
    assert np.mean(held) > 0.95


def test_a_rank_is_within_its_interval_where_baselines_are_nested():
    """Pairs are compared by the 4 runs that both have, and the second is ranked by all its 16."""
    rng = stream("tests", "nested")
    for _ in range(100):
        random, names = rng.normal(97, 0.29, 16), tuple(f"{place:02d}" for place in range(16))
        known = [
            Cell(
                "d", method, "last", True, rng.normal(mean, 0.15, 8), random[:n],
                ("d", "s", "p", *names[:n]), 8, n,
            )
            for method, mean, n in (("one", 97.0, 4), ("two", 97.2, 16))
        ]  # fmt: skip
        for row in mean_ranks(known).values():
            assert row["rank_low"] <= row["mean_rank"] <= row["rank_high"]


def test_ranks_that_are_certain_have_no_width_and_equal_methods_all_of_it():
    rng = stream("tests", "certain")
    known = [cell("a", f"m{place}", 60 - place, rng, spread=0.01) for place in range(4)]
    assert rank_intervals(known) == {f"m{place}": (place + 1, place + 1) for place in range(4)}
    alike = [cell("a", f"m{place}", 60, rng) for place in range(4)]
    assert set(rank_intervals(alike).values()) == {(1, 4)}


def test_the_table_has_both_statistics():
    study = made_up_benchmark(("cifar10", "sport8", "mit67"), runs=4)
    table, sentence = over_datasets(study)
    assert table[["method", "statistic"]].to_numpy().tolist() == [
        ["darts", "best"],
        ["nao", "best"],
        ["darts", "last"],
        ["nao", "last"],
    ]
    assert (table["datasets"] == 3).all()
    assert (table["predicted_low"] <= table["low"]).all()
    assert f"must differ by {critical_difference(2, [2, 2, 2]):.2f}" in sentence
    two, _ = over_datasets(study[study["dataset"] != "mit67"])
    assert two["low"].isna().all() and two["mean_rank"].notna().all()


def test_cells_of_few_runs_are_ranked_without_interval_and_not_pooled():
    study = made_up_benchmark(("cifar10", "sport8", "mit67"), runs=5)
    few = (study["dataset"] == "mit67") & (study["method"] == "nao")
    table, _ = over_datasets(study[~(few & study["genotype"].str.contains("seed-[234]"))])
    assert table.groupby("method")["datasets"].unique().to_dict() == {"darts": [3], "nao": [2]}
    assert (table["relative_improvement"].isna() == (table["method"] == "nao")).all()
    assert table["mean_rank"].notna().all() and table["rank_low"].isna().all()


def test_people_read_intervals_from_three_datasets_on():
    study = made_up_benchmark(("cifar10", "sport8", "mit67"), runs=4)
    tidy, shown, note = table(study)
    assert len(tidy) == len(shown) == 4
    assert shown["RI on one more dataset, %"].str.contains(" to ").all()
    assert "from 3 on" in note and "(Nemenyi, level 0.05)." in note
    _, shown, _ = table(study[study["dataset"] != "mit67"])
    assert set(shown["RI on one more dataset, %"]) == set(shown["mean RI, %"]) == {"–"}
    assert shown["mean rank"].str.contains(r"\[").all() and set(shown["ranked on"]) == {2}
    tidy, shown, _ = table(study.iloc[:0])
    assert tidy.empty and shown.empty and "mean_rank" in tidy


def test_one_dataset_has_no_critical_difference():
    _, sentence = over_datasets(made_up_benchmark(["cifar10"], runs=4))
    assert "too few methods share datasets" in sentence
    table, sentence = over_datasets(made_up_benchmark().iloc[:0])
    assert table.empty and sentence == ""


@needs_published
def test_published_methods_over_datasets():
    table, sentence = over_datasets(published_benchmark())
    rows = table.set_index("method")
    assert rows["datasets"].to_dict() == {name: 5 - (name == "stacnas") for name in rows.index}
    assert rows["mean_rank"].idxmin() == "pdarts"
    assert "7 methods on all 5 datasets must differ by 4.46" in sentence
