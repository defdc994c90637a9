"""Confidence intervals of means and spreads, and resamples. Only this module draws resamples."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from naseval.randomness import stream

CONFIDENCE = 0.95
PERCENT = f"{100 * CONFIDENCE:g} %"
"""The confidence level as captions print it, e.g. `95 %`."""
RESAMPLES = 9999

ROUNDING = 1e-9
"""Values in per cent that are nearer to one another than this are equal."""

Values = NDArray[np.float64]
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


def spread_interval(values: Values) -> tuple[float, float]:
    """Return Bonett's interval of the standard deviation (ddof 1) of at least four values.

    It allows for the tails of the values, which a chi-square interval takes for normal, and holds
    the true one far more often than a bootstrap does: few values seldom include the outer ones. The
    source is Bonett (2006), Approximate confidence interval for standard deviation of nonnormal
    distributions, Computational Statistics & Data Analysis 50. Both ends are NaN if there are fewer
    values, or if no two differ.
    """
    n = values.size
    if n < 4 or np.ptp(values) < ROUNDING:
        return np.nan, np.nan
    middle = stats.trim_mean(values, 0.5 / np.sqrt(n - 4)) if n > 4 else np.median(values)
    squares = ((values - values.mean()) ** 2).sum()
    kurtosis = n * ((values - middle) ** 4).sum() / squares**2
    z = stats.norm.ppf((1 + CONFIDENCE) / 2)
    factor = n / (n - z)
    error = factor * np.sqrt((kurtosis - (n - 3) / n) / (n - 1))
    low, high = np.sqrt(factor * squares / (n - 1) * np.exp([-z * error, z * error]))
    return float(low), float(high)


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
