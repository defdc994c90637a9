"""Intervals of 95 %, by resampling."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from naseval.randomness import stream

CONFIDENCE = 0.95
RESAMPLES = 9999

Values = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value and the ends of its interval; the ends are NaN where there are too few runs."""

    value: float
    low: float
    high: float


def bootstrap(
    statistic: Callable[..., Any], samples: Sequence[Values], purpose: str
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of `statistic(*samples, axis=-1)`.

    The samples are independent and each is resampled on its own. With fewer than two values
    in one of them both ends are NaN. The draws depend on `purpose` alone, so the same data
    give the same interval whatever else is computed.
    """
    if min(len(sample) for sample in samples) < 2:
        return np.nan, np.nan
    interval = stats.bootstrap(
        tuple(samples),
        statistic,
        vectorized=True,
        method="percentile",
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        rng=stream("bootstrap", purpose),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def ends(resamples: Values) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % points, leaving out those that are NaN."""
    known = resamples[~np.isnan(resamples)]
    if not known.size:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
