"""How a method ranks among the others, by relative improvement."""

import numpy as np
import pandas as pd
from scipy import stats

from naseval.analysis.intervals import RESAMPLES, Estimate, Values, ends
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.sides import Sides, sides
from naseval.randomness import stream


def ranks(study: pd.DataFrame, statistic: str = "best") -> pd.DataFrame:
    """Return `benchmark_table` of methods known on both sides, with `rank` and `of`.

    `rank` is the place by relative improvement on the dataset, 1 the highest, ties averaged;
    `of` says among how many methods.
    """
    table = benchmark_table(study, statistic).dropna(subset=["relative_improvement"])
    by_dataset = table.groupby("dataset", sort=False)["relative_improvement"]
    return table.assign(
        rank=by_dataset.rank(ascending=False), of=by_dataset.transform("size").astype(int)
    )


def mean_rank(study: pd.DataFrame, method: str, statistic: str = "best") -> tuple[Estimate, int]:
    """Return a method's rank averaged over datasets, its 95 % interval, and how many they are.

    The interval is the percentile bootstrap over the runs of every method on every dataset, each
    side on its own. It is NaN where a side of any of them has fewer than two runs.
    """
    table = ranks(study, statistic)
    places = table.loc[table["method"] == method, "rank"]
    if places.empty:
        return Estimate(np.nan, np.nan, np.nan), 0
    datasets = set(table.loc[table["method"] == method, "dataset"])
    known = [
        side
        for side in sides(study, (statistic,))
        if side.dataset in datasets and side.searched.size and side.random.size
    ]
    low, high = np.nan, np.nan
    if min(min(side.searched.size, side.random.size) for side in known) > 1:
        low, high = ends(_resampled(known, method))
    return Estimate(float(places.mean()), low, high), len(places)


def _resampled(known: list[Sides], method: str) -> Values:
    """Draw a method's mean rank `RESAMPLES` times."""
    drawn = []
    for dataset in dict.fromkeys(side.dataset for side in known):
        here = [side for side in known if side.dataset == dataset]
        improvements = np.stack([_improvements(side) for side in here])
        placed = stats.rankdata(-improvements, axis=0)
        drawn.append(placed[[side.method for side in here].index(method)])
    return np.asarray(np.mean(drawn, axis=0))


def _improvements(side: Sides) -> Values:
    rng = stream("bootstrap", "rank", side.dataset, side.method)
    searched, random = (
        rng.choice(values, (RESAMPLES, values.size)).mean(axis=1)
        for values in (side.searched, side.random)
    )
    return np.asarray((searched - random) / random)
