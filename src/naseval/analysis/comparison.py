"""Tests of the difference between searched and random architectures: Welch and permutation."""

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from naseval.analysis.intervals import CONFIDENCE, Values
from naseval.analysis.relative_improvement import searched_vs_random
from naseval.randomness import stream

REPORT_TABLES = {
    "comparison": {
        "title": "Does a method beat the average architecture beyond chance?",
        "paper": (
            "The paper compares means and tests nothing. Shown are, for each method and "
            "dataset, Welch's test and the exact permutation test, before and after "
            "correction for the number of comparisons."
        ),
        "order": 2,
        "function": "compare",
        "study": "benchmark",
        "named": True,
    },
}

LEVEL = 0.05
"""The significance level."""
PERMUTATIONS = 20_000
"""The most divisions to enumerate, e.g. all 12 870 of 16 runs into 8 and 8; above it, a sample."""


class Difference(NamedTuple):
    """The first mean minus the second, the confidence interval and the two-sided p-value."""

    value: float
    low: float
    high: float
    p: float


Spread = tuple[Values | np.float64, Values | np.float64 | int]
"""The squared standard error of a mean, and the number of runs."""


def degrees_of_freedom(left: Spread, right: Spread) -> Values:
    """Return the Welch–Satterthwaite degrees of freedom of a difference of two means.

    If each pair holds a variance instead of a squared standard error, the result is the degrees of
    freedom of the sum of the two variances.
    """
    (left_error, left_n), (right_error, right_n) = left, right
    parts = left_error**2 / (left_n - 1) + right_error**2 / (right_n - 1)
    return np.asarray((left_error + right_error) ** 2 / parts)


def welch(left: Values, right: Values) -> Difference:
    """Compare two means by Welch's t-test.

    The interval and p are NaN if a side has fewer than two runs, or if neither side varies.
    """
    value = float(left.mean() - right.mean()) if left.size and right.size else np.nan
    if min(left.size, right.size) < 2 or (np.ptp(left) == 0 and np.ptp(right) == 0):
        return Difference(value, np.nan, np.nan, np.nan)
    squared = [runs.var(ddof=1) / runs.size for runs in (left, right)]
    freedom = degrees_of_freedom((squared[0], left.size), (squared[1], right.size))
    error = np.sqrt(sum(squared))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * error)
    p = float(2 * stats.t.sf(abs(value) / error, freedom))
    return Difference(value, value - half, value + half, p)


@functools.cache
def _choices(total: int, chosen: int) -> NDArray[np.bool_]:
    """Return all ways of choosing runs, or `PERMUTATIONS` random ones, as one mask per row."""
    if math.comb(total, chosen) <= PERMUTATIONS:
        indices = np.array(list(itertools.combinations(range(total), chosen)))
    else:
        order = np.tile(np.arange(total), (PERMUTATIONS, 1))
        indices = stream("permutation", "comparison").permuted(order, axis=1)[:, :chosen]
    masks = np.zeros((len(indices), total), dtype=bool)
    np.put_along_axis(masks, indices, True, axis=1)
    return masks


def permutation_p(searched: Values, random: Values) -> float:
    """Return the two-sided p-value of a permutation test of the difference of means.

    The test is exact if the runs can be divided in at most `PERMUTATIONS` ways. Otherwise it uses
    `PERMUTATIONS` random divisions and the observed one. The result is NaN if a side has fewer than
    two runs.
    """
    sizes = searched.size, random.size
    if min(sizes) < 2:
        return np.nan
    pooled = np.concatenate([searched, random])
    centred = pooled - pooled.mean()
    masks = _choices(sum(sizes), searched.size)
    # The centred runs sum to 0, so the sum of one side determines the difference of the means.
    exchanged = np.abs(masks @ centred)
    observed = abs(centred[: searched.size].sum())
    extreme = int((exchanged >= observed - 1e-9).sum())
    sampled = int(math.comb(sum(sizes), searched.size) > PERMUTATIONS)
    return (extreme + sampled) / (len(masks) + sampled)


def _adjusted(p: pd.Series) -> pd.Series:
    """Adjust the p-values by Benjamini and Hochberg's procedure; NaN stay NaN."""
    known = p.dropna()
    adjusted = pd.Series(stats.false_discovery_control(known), index=known.index, dtype=float)
    return adjusted.reindex(p.index)


def compare(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Test every method on every dataset of the benchmark study; return the table and a sentence.

    The table has one row per dataset, method and statistic. Columns: the numbers of runs
    `searched_n` and `random_n`; the `difference` of the means (percentage points) and its Welch
    interval `low` to `high`; the p-values `welch_p` and `permutation_p`; and `welch_q` and
    `permutation_q`, the p-values after Benjamini and Hochberg's adjustment over all rows of the
    statistic. Welch's test assumes roughly normal means. The permutation test assumes equal
    spreads, unless both sides have the same number of runs. If both tests agree, neither assumption
    matters.
    """
    rows = []
    for found in searched_vs_random(study):
        value, low, high, p = welch(found.searched, found.random)
        rows.append(
            {
                "dataset": found.dataset,
                "method": found.method,
                "statistic": found.statistic,
                "searched_n": found.searched.size,
                "random_n": found.random.size,
                "difference": value,
                "low": low,
                "high": high,
                "welch_p": p,
                "permutation_p": permutation_p(found.searched, found.random),
            }
        )
    table = pd.DataFrame(rows)
    for test in ("welch", "permutation"):
        table[f"{test}_q"] = table.groupby("statistic")[f"{test}_p"].transform(_adjusted)
    return table, _sentence(table[table["statistic"] == "best"])


def _sentence(best: pd.DataFrame) -> str:
    tested = int(best["welch_p"].notna().sum())

    def count(column: str) -> str:
        clear = best[best[column] < LEVEL]
        above = int((clear["difference"] > 0).sum())
        return f"{above} above and {len(clear) - above} below"

    return (
        f"Of {tested} comparisons with the average architecture, {count('welch_p')} have "
        f"p < {LEVEL} by Welch's test and {count('permutation_p')} by the permutation test; "
        f"after Benjamini and Hochberg's adjustment over the table {count('welch_q')} and "
        f"{count('permutation_q')} remain (best accuracy over epochs)."
    )
