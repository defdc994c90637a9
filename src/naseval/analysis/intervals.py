"""Confidence intervals: bootstrap and Student's. Only this module draws bootstrap samples."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from naseval.randomness import stream

CONFIDENCE = 0.95
PERCENT = f"{100 * CONFIDENCE:g} %"
"""The confidence level as captions print it, e.g. `95 %`."""
RESAMPLES = 9999
MOST_DRAWN = 10_000_000
"""Values drawn at once; samples of up to 1,000 values are resampled in one go."""

ROUNDING = 1e-9
"""Values in per cent that are nearer to one another than this are equal."""

Values = NDArray[np.float64]
Indices = NDArray[np.int64]
Weights = NDArray[np.float32]


class Estimate(NamedTuple):
    """A value and the ends of its interval; the ends are NaN if the runs are too few."""

    value: float
    low: float
    high: float


def student_interval(values: Values) -> tuple[float, float]:
    """Return Student's interval of the mean of `values`; NaN if fewer than two of them differ."""
    if values.size < 2 or np.ptp(values) < ROUNDING:
        return np.nan, np.nan
    mean, error = float(values.mean()), values.std(ddof=1) / np.sqrt(values.size)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, values.size - 1) * error)
    return mean - half, mean + half


def bootstrap(
    statistic: Callable[..., Any], samples: Sequence[Values], purpose: str
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of `statistic(*samples, axis=-1)`.

    The samples are independent, and each is resampled separately. Both ends are NaN if a sample has
    fewer than two values. The random draws depend only on `purpose`, so the same data always give
    the same interval.
    """
    if min(len(sample) for sample in samples) < 2:
        return np.nan, np.nan
    interval = stats.bootstrap(
        tuple(samples),
        statistic,
        vectorized=True,
        method="percentile",
        n_resamples=RESAMPLES,
        batch=max(1, MOST_DRAWN // max(len(sample) for sample in samples)),
        confidence_level=CONFIDENCE,
        rng=stream("bootstrap", purpose),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def resampled_indices(sizes: Sequence[int], *purpose: str) -> list[Indices]:
    """Draw indices with replacement, as `scipy.stats.bootstrap` does.

    Use it for statistics of several samples that scipy cannot resample together. Return one array
    (`RESAMPLES`, size) for each of `sizes`. The random draws depend only on `purpose` and `sizes`.
    """
    rng = stream("bootstrap", *purpose)
    return [rng.integers(size, size=(RESAMPLES, size)) for size in sizes]


def resampled_weights(size: int, purpose: str, resamples: int = RESAMPLES) -> Weights:
    """Return how often each item is drawn in each bootstrap resample, (`resamples`, `size`)."""
    share = np.full(size, 1 / size)
    drawn = stream("bootstrap", purpose).multinomial(size, share, size=resamples)
    return drawn.astype(np.float32)


def varying_interval(resamples: Values) -> tuple[float, float]:
    """Return `percentile_interval`, or NaN if all resamples are equal.

    They are where every item says the same, e.g. where two rankings agree. Then they cannot show
    what other items would say.
    """
    low, high = percentile_interval(resamples)
    return (low, high) if low < high else (np.nan, np.nan)


def percentile_interval(resamples: Values) -> tuple[float, float]:
    """Return the ends of the percentile interval (level `CONFIDENCE`); NaN are ignored."""
    known = resamples[~np.isnan(resamples)]
    if not known.size:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
