"""Claims on the same architectures trained twice (section 5.3, Fig. 8 and 9)."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import pandas as pd
from scipy.stats import kendalltau

from naseval.claims.rule import Rule, Rules
from naseval.claims.tables import AbsentError, Readings, Tables
from naseval.claims.values import Value

COLUMN = {"seeds": "seed", "depth": "cells"}
"""What tells the two trainings of a study apart."""
TieRule = Literal["min", "average", "max"]
TIES: dict[TieRule, str] = {
    "min": "ties take the lowest rank",
    "average": "ties take the average rank",
    "max": "ties take the highest rank",
}


def pairs(runs: pd.DataFrame, study: str) -> pd.DataFrame:
    """Return accuracies, one row per architecture and one column per training, the lower first."""
    table = runs.pivot_table(index="genotype", columns=COLUMN[study], values="accuracy").dropna()
    if len(table.columns) != 2 or len(table) < 2:
        raise AbsentError(f"the {study} study has no pairs of trainings")
    return table


def of_pairs(tables: Tables, study: str, value: Callable[[pd.DataFrame], Value]) -> Readings:
    """Return `value` of a study's pairs under every reading."""
    return tables.readings(study, lambda runs: value(pairs(runs, study)))


def tau(table: pd.DataFrame) -> float:
    """Kendall's tau-b between the two trainings."""
    first, second = (table[column] for column in table)
    return float(kendalltau(first, second).statistic)


def changes(table: pd.DataFrame) -> pd.Series:
    """Absolute changes of accuracy, percentage points."""
    first, second = (table[column] for column in table)
    return (second - first).abs()


def mean_change(table: pd.DataFrame) -> float:
    """Mean absolute change, percentage points."""
    return float(changes(table).mean())


def largest_change(table: pd.DataFrame) -> float:
    """Largest absolute change, percentage points or ranks."""
    return float(changes(table).max())


def std_of_changes(tables: Tables) -> Readings:
    """Standard deviation of the changes: of the population, and of a sample."""
    found: Readings = {}
    for name, ddof in (("population", 0), ("sample", 1)):
        values = of_pairs(tables, "seeds", partial(_std, ddof=ddof))
        found |= {f"{name}, {reading}": value for reading, value in values.items()}
    return found


def _std(table: pd.DataFrame, ddof: int) -> float:
    return float(changes(table).std(ddof=ddof))


def rank_shift(tables: Tables) -> Readings:
    """Largest change of rank between depths, under three ways of ranking ties."""
    found: Readings = {}
    for method, name in TIES.items():
        values = of_pairs(tables, "depth", partial(_shift, method=method))
        found |= {f"{name}, {reading}": value for reading, value in values.items()}
    return found


def _shift(table: pd.DataFrame, method: TieRule) -> float:
    return largest_change(table.rank(method=method))


def depths(tables: Tables) -> Readings:
    """Return the numbers of cells compared."""
    return {"cells": sorted(int(cells) for cells in tables["depth"]["cells"].dropna().unique())}


RULES: Rules = {
    "fig8.n": Rule(("seeds",), partial(of_pairs, study="seeds", value=len)),
    "fig8.tau": Rule(("seeds",), partial(of_pairs, study="seeds", value=tau)),
    "fig8.mean_change": Rule(
        ("seeds",),
        partial(of_pairs, study="seeds", value=mean_change),
    ),
    "fig8.std_change": Rule(("seeds",), std_of_changes),
    "fig8.max_change": Rule(
        ("seeds",),
        partial(of_pairs, study="seeds", value=largest_change),
    ),
    "fig9.n": Rule(("depth",), partial(of_pairs, study="depth", value=len)),
    "fig9.depths": Rule(("depth",), depths),
    "fig9.tau": Rule(("depth",), partial(of_pairs, study="depth", value=tau)),
    "fig9.rank_shift": Rule(("depth",), rank_shift),
}
