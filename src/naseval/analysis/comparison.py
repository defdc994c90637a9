"""Does a method beat the average architecture beyond chance?"""

import functools
import itertools
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from naseval.analysis.intervals import Values
from naseval.analysis.sides import sides
from naseval.analysis.welch import welch
from naseval.randomness import stream

LEVEL = 0.05
PERMUTATIONS = 20_000
"""Enough to enumerate all 12 870 ways of dividing 16 runs into 8 and 8; beyond, a sample."""


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
    which the division that was observed is added. NaN with fewer than two runs on a side.
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
    means in points with Welch's 95 % interval, Welch's p and the exact permutation p, and both
    after Benjamini and Hochberg's adjustment (`welch_q`, `permutation_q`) over all entries of
    that statistic. Welch's test needs roughly normal means, the permutation test equal spread
    unless both sides have equally many runs; where they agree, neither matters.
    """
    rows = []
    for side in sides(study):
        value, low, high, p = welch(side.searched, side.random)
        rows.append(
            {
                "dataset": side.dataset,
                "method": side.method,
                "statistic": side.statistic,
                "searched_n": side.searched.size,
                "random_n": side.random.size,
                "difference": value,
                "low": low,
                "high": high,
                "welch_p": p,
                "permutation_p": permutation_p(side.searched, side.random),
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
