"""Kendall's tau and ranks under two seeds or depths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.intervals import resampled_weights
from naseval.analysis.ranking import pairs, ranking, signs, tau_b
from naseval.errors import NasevalError
from study_tables import needs_published, paired_frame, published_depth, published_seeds, recomputed

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12)


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
    table, sentence = ranking(paired_frame(values[:1, :2], "seed", (0, 1)), "seed")
    assert table.empty and sentence.startswith("Fewer than two architectures have an accuracy und")


def test_ranking_of_two_architectures_has_no_interval():
    table, _ = ranking(paired_frame(np.array([[90, 91.0], [91, 90]]), "seed", (0, 1)), "seed")
    assert table["tau"].iloc[0] == -1
    assert table[["low", "high"]].isna().all(axis=None)


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
