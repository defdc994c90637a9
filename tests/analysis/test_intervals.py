"""Resamples and the intervals made of them."""

import numpy as np
import pytest

from naseval.analysis.intervals import (
    CONFIDENCE,
    PERCENT,
    RESAMPLES,
    bootstrap,
    percentile_interval,
    resampled_indices,
    resampled_weights,
)


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


def test_two_values_have_an_interval_and_one_has_none():
    """Of two values the mean is the lower one, or the higher one, in a quarter of resamples."""
    assert bootstrap(np.mean, [np.array([1.0, 5.0])], "two") == (1, 5)
    assert np.isnan(bootstrap(np.mean, [np.array([1.0, 5.0]), np.array([1.0])], "one")).all()


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
