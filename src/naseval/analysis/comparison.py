"""Does a method beat the average architecture beyond chance?"""

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
PERMUTATIONS = 20_000
"""Enough to enumerate all 12 870 ways of dividing 16 runs into 8 and 8; beyond, a sample."""


class Difference(NamedTuple):
    """Mean of the first minus mean of the second, its interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float


Spread = tuple[Values | np.float64, Values | np.float64 | int]
"""Squared standard error and number of runs."""


def degrees_of_freedom(left: Spread, right: Spread) -> Values:
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
    squared = [runs.var(ddof=1) / runs.size for runs in (left, right)]
    freedom = degrees_of_freedom((squared[0], left.size), (squared[1], right.size))
    error = np.sqrt(sum(squared))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * error)
    p = float(2 * stats.t.sf(abs(value) / error, freedom))
    return Difference(value, value - half, value + half, p)


@functools.cache
def _choices(total: int, chosen: int) -> NDArray[np.bool_]:
    """Return every way, or `PERMUTATIONS` random ones, of choosing runs: one mask per row."""
    if math.comb(total, chosen) <= PERMUTATIONS:
        indices = np.array(list(itertools.combinations(range(total), chosen)))
    else:
        order = np.tile(np.arange(total), (PERMUTATIONS, 1))
        indices = stream("permutation", "comparison").permuted(order, axis=1)[:, :chosen]
    masks = np.zeros((len(indices), total), dtype=bool)
    np.put_along_axis(masks, indices, True, axis=1)
    return masks


def permutation_p(searched: Values, random: Values) -> float:
    """Return the two-sided p of the difference of means under exchange of runs.

    Exact up to `PERMUTATIONS` ways of dividing the runs; beyond, from as many random ones, to
    which the division that was observed is added. NaN with fewer than two runs on a found.
    """
    sizes = searched.size, random.size
    if min(sizes) < 2:
        return np.nan
    pooled = np.concatenate([searched, random])
    centred = pooled - pooled.mean()
    masks = _choices(sum(sizes), searched.size)
    # about their grand mean the runs sum to 0, so the sum of one side settles the difference
    exchanged = np.abs(masks @ centred)
    observed = abs(centred[: searched.size].sum())
    extreme = int((exchanged >= observed - 1e-9).sum())
    sampled = int(math.comb(sum(sizes), searched.size) > PERMUTATIONS)
    return (extreme + sampled) / (len(masks) + sampled)


def _adjusted(p: pd.Series) -> pd.Series:
    """Benjamini and Hochberg's adjustment over the entries that exist."""
    known = p.dropna()
    adjusted = pd.Series(stats.false_discovery_control(known), index=known.index, dtype=float)
    return adjusted.reindex(p.index)


def compare(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Test every method on every dataset of the benchmark study; return the table and a sentence.

    Per dataset, method and statistic: the number of runs on each side, the `difference` of
    means in points with Welch's interval, Welch's p and the exact permutation p, and both
    after Benjamini and Hochberg's adjustment (`welch_q`, `permutation_q`) over all entries of
    that statistic. Welch's test needs roughly normal means, the permutation test equal spread
    unless both sides have equally many runs; where they agree, neither matters.
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
