"""The two sides of the benchmark: searched and random runs of a method on a dataset."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from naseval.analysis.finals import STATISTICS, finals
from naseval.analysis.intervals import Values


class Sides(NamedTuple):
    """Accuracies (per cent) of one method on one dataset; either side may be empty."""

    dataset: str
    method: str
    statistic: str
    searched: Values
    random: Values


def sides(study: pd.DataFrame, statistics: tuple[str, ...] = STATISTICS) -> Iterator[Sides]:
    """Yield the sides of every method on every dataset, first for `best`, then for `last`."""
    runs = finals(study)
    for statistic in statistics:
        known = runs.dropna(subset=[statistic])
        for dataset, method in known[["dataset", "method"]].dropna().drop_duplicates().to_numpy():
            here = known[(known["dataset"] == dataset) & (known["method"] == method)]
            searched, random = (
                here.loc[here["origin"] == origin, statistic].to_numpy(np.float64)
                for origin in ("searched", "random")
            )
            yield Sides(dataset, method, statistic, searched, random)
