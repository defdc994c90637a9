"""The tables of one source from which claims are computed: studies, costs, genotypes, lists."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from naseval.analysis.finals import finals
from naseval.claims.absent import lacking
from naseval.claims.values import Value

Readings = dict[str, Value]
"""The values of a claim by its possible readings; the literal reading is the first."""

LAST, BEST = "last epoch", "best epoch"


class Tables:
    """The tables of one source, by name.

    The tables of studies have the columns of `schemas.STUDY`. Other tables are `costs`
    (`published.benchmark.COSTS`), `summaries` (`published.benchmark.SUMMARY`), `genotypes`
    (`published.genotypes.EDGES`) and `splits` (`published.splits.LISTS`). All are optional. Access
    to a missing or empty table calls `lacking`, so the rule that needs it returns an `Absent`.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = dict(frames)
        self._finals = cache(lambda name: finals(self[name]).dropna(subset=["best"]))

    def __contains__(self, name: str) -> bool:
        return name in self._frames and len(self._frames[name]) > 0

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self:
            lacking(f"there is no table of {name}")
        return self._frames[name]

    def runs(self, name: str) -> pd.DataFrame:
        """Return `finals` of a study: one row per run with its accuracies `best` and `last`.

        Runs that diverged and are left out have no row.
        """
        found: pd.DataFrame = self._finals(name)
        return found

    def accuracies(self, name: str) -> dict[str, pd.DataFrame]:
        """Return the runs of a study with a column `accuracy` (per cent), by reading.

        The paper reports accuracies at the end of the training (section 3.1). The first reading is
        therefore `last epoch` if curves are known; `best epoch` follows.
        """
        runs = self.runs(name)
        known = {LAST: runs["last"], BEST: runs["best"]}
        return {
            reading: runs.assign(accuracy=accuracies)
            for reading, accuracies in known.items()
            if accuracies.notna().any()
        }

    def readings(self, name: str, value: Callable[[pd.DataFrame], Value]) -> Readings:
        """Apply `value` to a study's runs under every reading of their accuracies."""
        return {reading: value(runs) for reading, runs in self.accuracies(name).items()}


def known(readings: Readings) -> Readings:
    """Return `readings`; call `lacking` if they are empty."""
    if not readings:
        lacking("the tables needed share no reading of accuracies")
    return readings


def some(runs: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """Return the rows whose columns have these values; call `lacking` if none does."""
    chosen = np.logical_and.reduce([runs[name] == value for name, value in columns.items()])
    if not chosen.any():
        values = ", ".join(f"{name} {value}" for name, value in columns.items())
        lacking(f"there are no runs with {values}")
    return runs[chosen]
