"""Welch's test, the level of all tests, and its adjustment for their number."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from naseval.analysis.contrasts import Group, difference
from naseval.analysis.intervals import Values

LEVEL = 0.05
"""The significance level."""


class Difference(NamedTuple):
    """The first mean minus the second, the confidence interval and the two-sided p-value."""

    value: float
    low: float
    high: float
    p: float


def welch(left: Values, right: Values) -> Difference:
    """Compare two means by Welch's t-test.

    The interval and p are NaN if a side has fewer than two runs, or if neither side varies.
    """
    found = difference(Group.of(left), Group.of(right))
    low, high = found.interval()
    return Difference(float(found.value), float(low), float(high), float(found.difference_p()))


def adjusted(p: Values) -> Values:
    """Adjust p-values for their number by Benjamini and Hochberg's procedure; NaN stay NaN."""
    result, known = np.full(p.shape, np.nan), ~np.isnan(p)
    result[known] = stats.false_discovery_control(p[known])
    return result
