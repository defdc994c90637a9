"""Resamples and the intervals made of them."""

import numpy as np
import pytest

from naseval.analysis.intervals import (
    CONFIDENCE,
    PERCENT,
    percentile_interval,
    resampled_weights,
    spread_interval,
)
from naseval.randomness import stream


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


@pytest.mark.parametrize("size", [4, 8, 16, 64])
@pytest.mark.parametrize("tails", ["normal", "standard_t"])
def test_the_interval_of_a_standard_deviation_holds_it(size, tails):
    """In 93 to 99 % of 1,000 samples, of heavy tails too, where a bootstrap does in 50 to 90 %."""
    rng = stream("tests", "spread", size)
    draw = (
        rng.normal if tails == "normal" else lambda size: rng.standard_t(8, size) / (8 / 6) ** 0.5
    )
    ends = [spread_interval(3 * draw(size=size)) for _ in range(1000)]
    assert np.mean([low <= 3 <= high for low, high in ends]) > 0.91


def test_the_interval_of_a_standard_deviation_is_that_of_the_values():
    values = stream("tests", "values").normal(size=12)
    low, high = spread_interval(values)
    assert low < values.std(ddof=1) < high
    assert spread_interval(90 - 2 * values) == pytest.approx((2 * low, 2 * high))
    assert np.isnan([*spread_interval(values[:3]), *spread_interval(np.full(9, 93.2))]).all()
