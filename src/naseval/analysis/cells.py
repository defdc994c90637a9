"""The cells of a benchmark: a method on a dataset, beside the random architectures it must beat."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import (
    FEWEST,
    Contrast,
    Group,
    improvement_difference,
)
from naseval.analysis.finals import STATISTICS, finals, trained
from naseval.analysis.intervals import Values

Baseline = tuple[str, ...]
"""What identifies random runs: dataset, space, protocol and runs, or the method that owns them."""


@dataclass(frozen=True, eq=False)
class Cell:
    """A method on a dataset under one protocol: accuracies in per cent, one per run."""

    dataset: str
    method: str
    statistic: str
    decides: bool
    """Whether the verdict rests on this statistic."""
    searched: Values
    random: Values
    baseline: Baseline
    """Equal for two cells if and only if they share their random runs."""
    searched_trained: int
    """Trained runs; more than accuracies if some diverged and are left out."""
    random_trained: int

    @property
    def groups(self) -> tuple[Group, Group]:
        """The searched and the random runs, summed up."""
        return Group.of(self.searched), Group.of(self.random)

    @property
    def pool(self) -> Baseline:
        """What the random runs are of: a dataset, space and protocol, or the method that owns them.

        In a pool, runs of one name are the same run.
        """
        return self.baseline[:3]

    @property
    def random_names(self) -> Baseline:
        """The names of the random runs; numbers, if a method owns them."""
        return self.baseline[3:] or tuple(f"{number:06d}" for number in range(self.random.size))

    def shares_runs(self, other: "Cell") -> bool:
        """Tell whether two cells have some random runs in common, perhaps not all."""
        return self.pool == other.pool and bool({*self.baseline[3:]} & {*other.baseline[3:]})

    @property
    def enough(self) -> bool:
        """Whether each side has `FEWEST` runs or more."""
        return min(self.searched.size, self.random.size) >= FEWEST


def cells(study: pd.DataFrame, statistics: Iterable[str] = STATISTICS) -> Iterator[Cell]:
    """Yield the cells of a benchmark study (`schemas.STUDY`), by statistic, dataset and method.

    A cell has the runs of a method on a dataset in one space and under one protocol; runs that
    diverged and are left out have no accuracy. `last` decides. Where a dataset's runs are known by
    `best` alone, as in the published source, that decides. Two cells share their baseline if
    dataset, space, protocol and all random runs are the same. In the published source none do: the
    authors trained random architectures of their own for every method.
    """
    runs = finals(study)
    with_last = set(runs.loc[runs["last"].notna() | runs["diverged"], "dataset"])
    keys = ["source", "dataset", "method", "space", "protocol"]
    for statistic in statistics:
        known = trained(runs, statistic).dropna(subset=["method"])
        for names, here in known.groupby(keys, dropna=False, sort=False):
            source, dataset, method = map(str, names[:3])
            random = here[here["origin"] == "random"].sort_values(["genotype", "seed"])
            searched = here[here["origin"] == "searched"]
            yield Cell(
                dataset,
                method,
                statistic,
                statistic == ("last" if dataset in with_last else "best"),
                _accuracies(searched, statistic),
                _accuracies(random, statistic),
                _baseline(random.dropna(subset=[statistic]), source, (dataset, method)),
                len(searched),
                len(random),
            )


def _accuracies(runs: pd.DataFrame, statistic: str) -> Values:
    return runs[statistic].dropna().to_numpy(np.float64)


def _baseline(random: pd.DataFrame, source: str, owner: Baseline) -> Baseline:
    if source == "published" or random.empty or random["space"].isna().any():
        return owner
    row = random.iloc[0]
    names = random["genotype"] + " seed " + random["seed"].astype(str)
    return (row["dataset"], row["space"], row["protocol"], *names)


def cell_pairs(known: Iterable[Cell]) -> Iterator[tuple[Cell, Cell]]:
    """Yield every pair of methods on a dataset, by the same statistic.

    If both share some random runs, e.g. where one stopped before the other got more, both have only
    these, and so the same baseline.
    """
    for left, right in combinations(known, 2):
        if (left.dataset, left.statistic) == (right.dataset, right.statistic):
            yield _with_baseline_of(left, right), _with_baseline_of(right, left)


def _with_baseline_of(cell: Cell, other: Cell) -> Cell:
    """Return a cell with the random runs that it shares with another; with all, if none."""
    if not cell.shares_runs(other):
        return cell
    names, common = cell.random_names, set(other.random_names)
    shared = [name in common for name in names]
    kept = [name for name in names if name in common]
    return replace(cell, random=cell.random[shared], baseline=(*cell.pool, *kept))


def difference_of_improvements(left: Cell, right: Cell) -> Contrast:
    """Return the first cell's relative improvement minus the second's, in per cent."""
    return improvement_difference(left.groups, right.groups, left.baseline == right.baseline)
