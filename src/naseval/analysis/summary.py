"""Number, mean, spread and interval of groups of runs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from naseval.analysis.finals import STATISTICS, finals
from naseval.analysis.intervals import CONFIDENCE


def summarise(study: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return one row per group of runs and reading (`best`, and `last` where it is known).

    Columns: `by`, statistic, `n`, `mean`, `std` (population, ddof 0), `std_sample` (ddof 1),
    `min`, `max`, and `low` to `high`, Student's 95 % interval of the mean; all in per cent of
    test accuracy. Groups come in order of appearance.
    """
    runs = finals(study)
    tables = [_table(runs.dropna(subset=[name]), list(by), name) for name in STATISTICS]
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def _table(runs: pd.DataFrame, by: list[str], statistic: str) -> pd.DataFrame:
    groups = runs.groupby(by, dropna=False, sort=False)[statistic]
    n, mean, sample = groups.size(), groups.mean(), groups.std(ddof=1)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, np.maximum(n - 1, 1)) * sample / np.sqrt(n)
    columns = {
        "n": n,
        "mean": mean,
        "std": groups.std(ddof=0),
        "std_sample": sample,
        "min": groups.min(),
        "max": groups.max(),
        "low": mean - half,
        "high": mean + half,
    }
    table = pd.DataFrame(columns).reset_index()
    table.insert(len(by), "statistic", statistic)
    return table


def both(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split a tidy table into its rows of `best` and of `last`; the second may be empty."""
    best, last = (table[table["statistic"] == statistic] for statistic in STATISTICS)
    return best, last
