"""Welch's comparison of two means whose spreads differ."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from naseval.analysis.intervals import CONFIDENCE, Values


class Difference(NamedTuple):
    """Mean of the first minus mean of the second, its 95 % interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float


Side = tuple[Values | np.float64, Values | np.float64 | int]
"""Squared standard error and number of runs."""


def degrees_of_freedom(left: Side, right: Side) -> Values:
    """Return Welch and Satterthwaite's degrees of freedom of a difference of two means.

    With variances in place of squared standard errors: those of the sum of two variances.
    """
    (left_error, left_n), (right_error, right_n) = left, right
    parts = left_error**2 / (left_n - 1) + right_error**2 / (right_n - 1)
    return np.asarray((left_error + right_error) ** 2 / parts)


def welch(left: Values, right: Values) -> Difference:
    """Compare the means; interval and p are NaN with fewer than 2 runs or no spread at all."""
    value = float(left.mean() - right.mean()) if left.size and right.size else np.nan
    if min(left.size, right.size) < 2 or (np.ptp(left) == 0 and np.ptp(right) == 0):
        return Difference(value, np.nan, np.nan, np.nan)
    squared = [side.var(ddof=1) / side.size for side in (left, right)]
    freedom = degrees_of_freedom((squared[0], left.size), (squared[1], right.size))
    error = np.sqrt(sum(squared))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * error)
    p = float(2 * stats.t.sf(abs(value) / error, freedom))
    return Difference(value, value - half, value + half, p)
