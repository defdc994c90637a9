"""Tests, power, ranking, variance, distribution, correlation and operations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.comparison import compare, permutation_p, welch
from naseval.analysis.correlation import correlation, window_of
from naseval.analysis.distribution import distribution
from naseval.analysis.finals import best_and_last, curves, scaled, summarise
from naseval.analysis.intervals import (
    CONFIDENCE,
    PERCENT,
    RESAMPLES,
    bootstrap,
    percentile_interval,
    resampled_indices,
    resampled_weights,
)
from naseval.analysis.operations import operations
from naseval.analysis.power import EFFECTS, detectable, power, runs_needed
from naseval.analysis.ranking import pairs, ranking, signs, tau_b
from naseval.analysis.variance import sums_of_squares, variance
from naseval.errors import NasevalError
from study_tables import (
    METHODS,
    PROTOCOLS,
    curves_frame,
    frame,
    made_up_benchmark,
    made_up_curves,
    needs_published,
    paired_frame,
    published_array,
    published_benchmark,
    published_cells,
    published_depth,
    published_distribution,
    published_operations,
    published_protocols,
    published_seeds,
    recomputed,
)

SAMPLES = st.lists(st.integers(0, 20), min_size=2, max_size=7).map(np.array)
PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12)


@settings(max_examples=50)
@given(SAMPLES, SAMPLES)
def test_welch_is_scipys(left, right):
    found = welch(left.astype(float), right.astype(float))
    if np.ptp(left) == 0 or np.ptp(right) == 0:
        assert np.isnan(found.p) == (np.ptp(left) == np.ptp(right) == 0)
        return
    expected = stats.ttest_ind(left, right, equal_var=False)
    interval = expected.confidence_interval()
    assert found == pytest.approx(
        (left.mean() - right.mean(), interval.low, interval.high, expected.pvalue), abs=1e-9
    )


@settings(max_examples=20)
@given(SAMPLES, SAMPLES)
def test_the_permutation_test_is_exact(left, right):
    if left.size != right.size:
        left, right = left[:2], right[:2]
    expected = stats.permutation_test(
        (left, right), lambda a, b, axis: a.mean(axis) - b.mean(axis), n_resamples=np.inf
    )
    assert permutation_p(left.astype(float), right.astype(float)) == pytest.approx(expected.pvalue)


def test_many_runs_are_permuted_at_random():
    rng = np.random.default_rng(1)
    left, right = rng.normal(0.7, 1, 12), rng.normal(0, 1, 12)
    p = permutation_p(left, right)
    assert p == permutation_p(left, right)
    assert p == pytest.approx(stats.ttest_ind(left, right).pvalue, abs=0.02)
    assert permutation_p(left + 100, right) == pytest.approx(1 / 20_001)


def test_comparison_adjusts_within_each_statistic():
    table, sentence = compare(made_up_benchmark(runs=4))
    assert table.groupby("statistic").size().to_dict() == {"best": 4, "last": 4}
    for _, group in table.groupby("statistic"):
        for test in ("welch", "permutation"):
            expected = stats.false_discovery_control(group[f"{test}_p"])
            assert group[f"{test}_q"].to_numpy() == pytest.approx(expected)
    assert sentence.startswith("Of 4 comparisons")


def test_a_single_run_is_not_tested():
    table, sentence = compare(made_up_benchmark(runs=1))
    assert table[["welch_p", "permutation_p", "welch_q", "permutation_q"]].isna().all(axis=None)
    assert sentence.startswith("Of 0 comparisons")


def test_power_agrees_with_the_noncentral_t():
    """Against the exact power of a two-sided t test with equal spread."""
    for spread, effect in ((0.2, 0.1), (0.2, 0.3), (0.45, 0.3), (1.0, 0.5)):
        runs = runs_needed(np.array([spread**2, spread**2]), effect)

        def exact(n, effect=effect, spread=spread):
            shift = effect / (spread * np.sqrt(2 / n))
            critical = stats.t.ppf(0.975, 2 * n - 2)
            return stats.nct.sf(critical, 2 * n - 2, shift) + stats.nct.cdf(
                -critical, 2 * n - 2, shift
            )

        assert exact(runs) > 0.79
        assert exact(runs - 1) < 0.81


@settings(max_examples=50)
@given(st.floats(0.05, 3), st.floats(0.05, 3), st.sampled_from(EFFECTS))
def test_runs_needed_is_the_smallest_number(left, right, effect):
    variances = np.array([left, right]) ** 2
    runs = runs_needed(variances, effect)
    assert detectable(variances, np.array([runs, runs])) <= effect
    if runs > 2:
        assert detectable(variances, np.array([runs - 1, runs - 1])) > effect


def test_power_needs_fewer_runs_for_larger_effects():
    table, sentence = power(made_up_benchmark(runs=5))
    for _, group in table.groupby(["dataset", "method", "statistic"]):
        assert group["effect"].tolist() == list(EFFECTS)
        assert group["runs"].is_monotonic_decreasing
        assert (group["low"] <= group["runs"]).all() and (group["runs"] <= group["high"]).all()
    assert "power of 80 %" in sentence
    assert power(made_up_benchmark(runs=1))[0].empty


@settings(max_examples=50)
@given(PAIRS)
def test_tau_is_scipys_with_ties(values):
    left, right = np.array(values, dtype=float).T
    found = tau_b(signs(left), signs(right))[0]
    expected = stats.kendalltau(left, right).statistic
    assert found == pytest.approx(expected, nan_ok=True)


def test_resampled_tau_is_the_tau_of_the_resample():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(2, 9))
    weights = resampled_weights(9, "test", 20)
    assert (weights.sum(axis=1) == 9).all()
    found = tau_b(signs(left), signs(right), weights)
    for tau, weight in zip(found, weights.astype(int), strict=True):
        drawn = np.repeat(np.arange(9), weight)
        assert tau == pytest.approx(stats.kendalltau(left[drawn], right[drawn]).statistic, abs=1e-6)


def test_welch_needs_spread_on_one_side_only():
    left, right = np.array([1.0, 1.0, 1.0]), np.array([2.0, 3.0])
    found, expected = welch(left, right), stats.ttest_ind(left, right, equal_var=False)
    assert found.p == pytest.approx(expected.pvalue)
    assert np.isnan(welch(left, left[:2]).p)


def test_without_any_spread_two_runs_are_enough():
    assert runs_needed(np.array([0.0, 0.0]), 1.0) == 2


def test_pairs_share_ranks_and_count_who_is_left_out():
    study = paired_frame(np.array([[90, 80], [91, 80], [92, 85], [95, 70.0]]), "cells", (8, 20))
    study = study.iloc[:-1]  # the last architecture lacks its 20 cells
    paired = pairs(study, "cells")
    assert paired["left_rank"].tolist() == [1, 2, 3]
    assert paired["right_rank"].tolist() == [1.5, 1.5, 3]
    table, sentence = ranking(study, "cells")
    assert table[["n", "left_out"]].iloc[0].tolist() == [3, 1]
    assert "Between 8 cells and 20 cells" in sentence


def test_ranking_wants_two_values_and_two_architectures():
    values = np.array([[90, 91, 92.0], [91, 90, 90]])
    with pytest.raises(NasevalError, match="3 values of seed"):
        ranking(paired_frame(values, "seed", (0, 1, 2)), "seed")
    with pytest.raises(NasevalError, match="fewer than two architectures"):
        ranking(paired_frame(values[:1, :2], "seed", (0, 1)), "seed")


def test_ranking_of_two_architectures_has_no_interval():
    table, _ = ranking(paired_frame(np.array([[90, 91.0], [91, 90]]), "seed", (0, 1)), "seed")
    assert table["tau"].iloc[0] == -1
    assert table[["low", "high"]].isna().all(axis=None)


@settings(max_examples=50)
@given(st.integers(0, 1000))
def test_sums_of_squares_add_up(seed):
    layout = np.random.default_rng(seed).normal(size=(3, 4, 5))
    parts = sums_of_squares(layout)
    total = ((layout - layout.mean(axis=(1, 2), keepdims=True)) ** 2).sum(axis=(1, 2))
    assert parts.sum(axis=0) == pytest.approx(total)
    assert (parts > -1e-9).all()


def test_additive_effects_leave_no_rest():
    layout = np.arange(3)[:, None] + 10 * np.arange(4)[None, :]
    protocol, architecture, rest = sums_of_squares(layout.astype(float))
    assert (protocol, architecture) == (100 * 5 * 3, 2 * 4)
    assert rest == pytest.approx(0)


def test_variance_leaves_out_incomplete_architectures_and_resnet():
    study = frame(
        [
            {"genotype": f"r{i}", "protocol": p, "test_accuracy": 90.0 + i + 5 * k}
            for i in range(4)
            for k, p in enumerate(("base", "cda"))
            if (i, p) != (3, "base")
        ]
        + [
            {"genotype": "resnet50", "origin": "fixed", "protocol": p, "test_accuracy": 10.0}
            for p in ("base", "cda")
        ]
    )
    table, sentence = variance(study)
    assert (table["architectures"] == 3).all()
    assert table.set_index("part")["squares"].to_dict() == pytest.approx(
        {"protocol": 37.5, "architecture": 4.0, "rest": 0.0}
    )
    assert table["share"].sum() == pytest.approx(100)
    assert table.set_index("part")["freedom"].to_dict() == {
        "protocol": 1,
        "architecture": 2,
        "rest": 2,
    }
    shares = table.set_index("part")
    assert shares.loc["protocol", "low"] <= shares.loc["protocol", "share"]
    assert shares.loc["protocol", "share"] <= shares.loc["protocol", "high"] <= 100
    assert "3 architectures × 2 protocols" in sentence
    with pytest.raises(NasevalError, match="at least two of each"):
        variance(study[study["protocol"] == "base"])


def test_curves_keep_the_order_of_epochs():
    values = made_up_curves(3, 12, "curves")
    study = curves_frame(values).sample(frac=1, random_state=0).sort_values("genotype")
    wide = curves(study)
    assert wide.columns.tolist() == list(range(1, 13))
    assert wide.to_numpy() == pytest.approx(values)
    with pytest.raises(NasevalError, match="differ in length"):
        curves(study[(study["genotype"] != "darts/random-001") | (study["epoch"] < 12)])
    with pytest.raises(NasevalError, match="holds no curves"):
        curves(frame([{"genotype": "a", "test_accuracy": 1.0}]))


def test_epochs_and_window_scale_with_the_run():
    assert [scaled(epoch, 600) for epoch in (300, 450, 600)] == [300, 450, 600]
    assert [scaled(epoch, 3) for epoch in (300, 450, 600)] == [2, 2, 3]
    assert [window_of(epochs) for epochs in (600, 60, 3, 1)] == [20, 2, 2, 1]


def test_short_runs_have_a_correlation():
    values = made_up_curves(5, 4, "short")
    table, _ = correlation(curves_frame(values))
    assert table["epoch"].tolist() == [1, 2, 3, 4]
    assert table["raw"].iloc[-1] == 1
    expected = stats.kendalltau(values[:, :2].mean(axis=1), values[:, -1]).statistic
    assert table["smoothed"].iloc[1] == pytest.approx(expected)
    assert np.isnan(table["smoothed"].iloc[0])
    assert (table["raw_low"] <= table["raw"] + 1e-9).all()


def test_two_datasets_are_not_mixed():
    curves_of = [
        curves_frame(made_up_curves(3, 4, name), dataset=name) for name in ("cifar10", "sport8")
    ]
    mixed = pd.concat(curves_of)
    for analysis in (distribution, correlation, operations, variance):
        with pytest.raises(NasevalError, match="runs on cifar10, sport8; give it exactly one"):
            analysis(mixed)
    with pytest.raises(NasevalError, match="exactly one"):
        ranking(mixed, "seed")


def test_operations_wants_two_spaces():
    with pytest.raises(NasevalError, match="configure two"):
        operations(curves_frame(made_up_curves(3, 4, "one")))


def test_summary_of_one_run_has_no_interval():
    table = summarise(curves_frame(made_up_curves(1, 4, "lonely")), ["space"])
    assert table["std"].tolist() == [0, 0]
    assert table[["low", "high", "std_sample"]].isna().all(axis=None)


@needs_published
def test_published_welch_p():
    table, sentence = compare(published_benchmark())
    expected = recomputed()["table1_welch_p_by_header"]
    labels = {name.lower(): name for name in expected}
    assert len(table) == 40 and set(table["statistic"]) == {"best"}
    for row in table.itertuples():
        known = expected[labels[row.dataset]][METHODS[row.method]]
        if known is None:
            assert np.isnan(row.welch_p)
        else:
            assert row.welch_p == pytest.approx(known, abs=1e-6)
    assert "Of 39 comparisons" in sentence
    assert "9 above and 2 below have p < 0.05 by Welch's test" in sentence


@needs_published
def test_published_spreads_call_for_more_runs():
    table, _ = power(published_benchmark())
    assert len(table) == 39 * 3
    darts = table[(table["dataset"] == "cifar10") & (table["method"] == "darts")]
    assert darts["searched_std"].iloc[0] == pytest.approx(0.196251, abs=1e-6)
    assert darts.set_index("effect")["runs"].to_dict() == {0.1: 59, 0.3: 8, 0.5: 4}


@needs_published
def test_published_seeds_and_depth():
    for study, by, key in (
        (published_seeds(), "seed", ("fig8", "all_32")),
        (published_depth(), "cells", ("fig9",)),
    ):
        known = recomputed()
        for name in key:
            known = known[name]
        row = ranking(study, by)[0].iloc[0]
        assert row["n"] == 32
        assert row["tau"] == pytest.approx(known["kendall_tau_b"], abs=1e-6)
        change = known["abs_change"]
        assert row[["change_mean", "change_std", "change_max"]].tolist() == pytest.approx(
            [change["mean"], change["std"], change["max"]], abs=1e-6
        )
        assert row["rank_change_max"] == known["largest_rank_shift_by_tie_rule"]["average"]
        assert row["low"] < row["tau"] < row["high"]


@needs_published
def test_published_protocols():
    table = summarise(published_protocols(), ["protocol"])
    for known, row in zip(recomputed()["fig3"].values(), table.to_dict("records"), strict=True):
        assert PROTOCOLS[row["protocol"]] == known["column"]
        for key in ("n", "mean", "std", "std_sample", "min", "max"):
            assert row[key] == pytest.approx(known[key], abs=1e-6)
    shares = variance(published_protocols())[0].set_index("part")["share"]
    assert shares["protocol"] > 90 > 10 > shares["architecture"] > shares["rest"]


@needs_published
def test_published_distribution():
    table, sentence = distribution(published_distribution())
    known = recomputed()["fig4"]
    for row in table.to_dict("records"):
        for key in ("n", "mean", "std", "min", "max", "median"):
            assert row[key] == pytest.approx(known[row["statistic"]][key], abs=1e-6)
        assert row["range"] == pytest.approx(1.38)
    best = table.iloc[0]
    assert best["near_best"] == pytest.approx(100 * known["share_within_1pp_of_best"], abs=1e-3)
    assert (best["p5"], best["p95"]) == pytest.approx((96.6295, 97.3435), abs=1e-4)
    assert "97.03 ± 0.23 %" in sentence


@needs_published
def test_published_correlation():
    """Raw to the last digit; smoothed to the third, where ties lost to rounding errors matter."""
    table, _ = correlation(published_distribution())
    table = table.set_index("epoch")
    known = recomputed()["fig5"]
    for epoch, tau in known["raw"].items():
        assert table.loc[int(epoch), "raw"] == pytest.approx(tau, abs=1e-6)
    for epoch, tau in known["smoothed_plotted_at_last_epoch_of_window"].items():
        assert table.loc[int(epoch), "smoothed"] == pytest.approx(tau, abs=5e-4)
    whole = np.rint(100 * published_array("modified_search_space/214_random_architectures"))
    for epoch in (50, 300, 450):
        exact = stats.kendalltau(whole[:, epoch - 20 : epoch].sum(axis=1), whole[:, -1])
        assert table.loc[epoch, "smoothed"] == pytest.approx(exact.statistic, abs=1e-9)
    between = table.loc[20:599]
    assert (between["smoothed"] > between["raw"]).mean() == pytest.approx(0.995, abs=2e-3)


@needs_published
def test_published_operations():
    table, sentence = operations(published_operations())
    known = recomputed()["fig6"]
    for row in table.to_dict("records"):
        statistic = row["statistic"]
        assert (row["original_n"], row["modified_n"]) == (214, 56)
        assert row["shift"] == pytest.approx(known[f"shift_of_means_{statistic}"], abs=1e-6)
        for side in ("original", "modified"):
            assert row[f"{side}_std"] == pytest.approx(
                known[f"{side}_{statistic}"]["std"], abs=1e-6
            )
    best = table.iloc[0]
    assert best["shift_of_medians"] == pytest.approx(0.175)
    assert best["kolmogorov_p"] == pytest.approx(known["ks_p_best"], rel=1e-3)
    assert best["mann_whitney_p"] == pytest.approx(known["mannwhitney_p_best"], rel=1e-3)
    assert "0.19 points" in sentence


@needs_published
def test_published_cells():
    best, last = best_and_last(summarise(published_cells(), ["cells"]))
    for cells, known in recomputed()["fig7"].items():
        for table, statistic in ((best, "best"), (last, "last")):
            row = table[table["cells"] == int(cells)].iloc[0]
            for key in ("n", "mean", "std", "min", "max"):
                assert row[key] == pytest.approx(known[statistic][key], abs=1e-6)


def test_statistics_do_not_depend_on_one_another():
    """The same numbers whatever else was computed before: no shared random state."""
    study = made_up_benchmark(runs=4)
    first, _ = compare(study)
    variance(
        frame(
            {"genotype": f"r{i}", "protocol": p, "test_accuracy": 90.0 + i * k}
            for i in range(3)
            for k, p in enumerate(("a", "b"))
        )
    )
    pd.testing.assert_frame_equal(first, compare(study)[0])


def test_resampled_indices_are_the_draws_of_scipys_bootstrap():
    """The same numbers whichever of the two resamples: a sample after the other, one stream."""
    left, right = np.arange(5.0), np.arange(3.0) + 10
    seen = []

    def record(one, other, axis=-1):
        seen.append((one, other))
        return one.mean(axis=axis) - other.mean(axis=axis)

    bootstrap(record, (left, right), "draws")
    first, second = resampled_indices([5, 3], "draws")
    drawn = next(pair for pair in seen if pair[0].shape == (RESAMPLES, 5))
    assert (drawn[0] == left[first]).all() and (drawn[1] == right[second]).all()


def test_resampled_weights_count_draws():
    weights = resampled_weights(7, "draws", 50)
    assert weights.shape == (50, 7) and (weights.sum(axis=1) == 7).all()
    assert (weights == resampled_weights(7, "draws", 50)).all()


def test_the_level_that_captions_print_is_the_level_of_intervals():
    assert f"{100 * CONFIDENCE:g} %" == PERCENT == "95 %"
    resamples = np.linspace(0, 1, 1001)
    low, high = percentile_interval(resamples)
    assert high - low == pytest.approx(CONFIDENCE)
    assert np.isnan(percentile_interval(np.array([np.nan]))).all()
    assert percentile_interval(np.append(resamples, np.nan)) == (low, high)
