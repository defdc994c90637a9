"""Differences of means with Welch's standard error: tests, intervals and margins.

A contrast is a linear combination of independent means, e.g. the difference of two. Its degrees of
freedom are Welch and Satterthwaite's. With two means this is Welch's t-test, as in
`scipy.stats.ttest_ind(equal_var=False)`; SciPy has nothing for the three or four means of a
difference of relative improvements. docs/statistics.md has the definitions.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from naseval.analysis.intervals import CONFIDENCE
from naseval.analysis.wording import count

Numbers = float | NDArray[np.float64]
"""A number, or an array of numbers, e.g. one per simulated trial."""

FEWEST = 4
"""The fewest runs on each side for which a verdict is given.

Fewer runs or architectures have no interval of a spread, a share, a percentile or a rank either.
"""


def from_few(*sizes: int) -> str:
    """Return `from 2 runs`, if 2 is the smallest of `sizes` and below `FEWEST`; else ""."""
    fewest = min(sizes)
    return f"from {count(fewest, 'run')}" if fewest < FEWEST else ""


class Group(NamedTuple):
    """Number, mean and sample standard deviation (ddof 1) of accuracies in per cent.

    The standard deviation of a single run is NaN.
    """

    n: Numbers
    mean: Numbers
    std: Numbers

    @classmethod
    def of(cls, values: ArrayLike) -> "Group":
        """Return the group of `values`, which are accuracies along the last axis."""
        runs = np.asarray(values, dtype=np.float64)
        n = runs.shape[-1]
        if n < 2:
            return cls(n, runs.mean(axis=-1) if n else np.nan, np.nan)
        # Without this, rounding of the mean would give equal runs a spread.
        varies = np.ptp(runs, axis=-1) > 0
        return cls(n, runs.mean(axis=-1), np.where(varies, runs.std(axis=-1, ddof=1), 0.0)[()])


class Contrast(NamedTuple):
    """A combination of means, its standard error and its degrees of freedom.

    The error is NaN, and so are intervals and p-values, if a group has fewer than two runs, or if
    no group varies.
    """

    value: Numbers
    error: Numbers
    freedom: Numbers

    def interval(self, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
        """Return the ends of Student's two-sided interval."""
        half = stats.t.ppf((1 + confidence) / 2, self.freedom) * self.error
        return self.value - half, self.value + half

    def difference_p(self) -> Numbers:
        """Return the two-sided p-value of the hypothesis that the true value is 0."""
        return 2 * stats.t.sf(np.abs(self.value) / self.error, self.freedom)

    def equivalence_p(self, margin: Numbers) -> Numbers:
        """Return the p-value of the hypothesis that the true value is `margin` or more from 0.

        This is the larger p-value of the two one-sided tests (TOST) against −`margin` and
        `margin`, and the larger one always belongs to the nearer end.
        """
        return stats.t.sf((margin - np.abs(self.value)) / self.error, self.freedom)

    def equivalent_at(self, level: float) -> Numbers:
        """Return the smallest margin at which `equivalence_p` is at most `level`."""
        quantile = stats.t.isf(level, self.freedom)
        return np.abs(self.value) + quantile * self.error


def degrees_of_freedom(squares: Iterable[Any], sizes: Iterable[Any]) -> NDArray[np.float64]:
    """Return the Welch–Satterthwaite degrees of freedom of a sum of independent estimates.

    `squares` are their squared standard errors, each from as many runs as `sizes` say. With
    variances in place of squared errors, the result is that of the sum of the variances.
    """
    parts = [square**2 / (n - 1) for square, n in zip(squares, sizes, strict=True)]
    return np.asarray(sum(squares) ** 2 / sum(parts))


def contrast(value: Numbers, *terms: tuple[Numbers, Group]) -> Contrast:
    """Return the contrast of `value`, whose derivative by the mean of each group is given.

    `terms` are pairs of derivative and group. For a linear combination the standard error is
    exact; otherwise this is the delta method.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = [np.square(slope * group.std) / group.n for slope, group in terms]
        total = np.asarray(sum(squares))
        error = np.sqrt(np.where(total > 0, total, np.nan))
        sizes = [np.asarray(group.n) for _, group in terms]
        freedom = degrees_of_freedom(squares, sizes)
    return Contrast(np.asarray(value)[()], error[()], freedom[()])


def difference(left: Group, right: Group) -> Contrast:
    """Return the difference of two means, in points: Welch's test."""
    return contrast(left.mean - right.mean, (1.0, left), (-1.0, right))


def or_nan(mean: Numbers) -> NDArray[np.float64]:
    """Return the mean of a baseline; NaN if it is 0, which has no relative improvement."""
    return np.asarray(np.where(np.equal(mean, 0), np.nan, mean))[()]


def improvement(searched: Group, random: Group) -> Contrast:
    """Return the relative improvement in per cent, with its standard error by the delta method.

    It is NaN if the baseline is 0.
    """
    baseline = or_nan(random.mean)
    ratio = searched.mean / baseline
    per_point = 100 / baseline
    return contrast(100 * (ratio - 1), (per_point, searched), (-per_point * ratio, random))


def improvement_difference(
    left: tuple[Group, Group], right: tuple[Group, Group], shared: bool
) -> Contrast:
    """Return the first relative improvement minus the second one, in per cent.

    Each is given by its searched and its random runs. If the random runs are `shared`, both have
    the same ones, whose error mostly cancels; otherwise the errors of both baselines count.
    """
    (searched, random), (other_searched, other_random) = left, right
    baseline, other_baseline = or_nan(random.mean), or_nan(other_random.mean)
    ratio, other_ratio = searched.mean / baseline, other_searched.mean / other_baseline
    per_point, other_per_point = 100 / baseline, 100 / other_baseline
    terms = [(per_point, searched), (-other_per_point, other_searched)]
    if shared:
        terms.append((per_point * (other_ratio - ratio), random))
    else:
        terms += [(-per_point * ratio, random), (other_per_point * other_ratio, other_random)]
    return contrast(100 * (ratio - other_ratio), *terms)
