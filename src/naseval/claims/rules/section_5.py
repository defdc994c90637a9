"""Claims of section 5: random architectures, cells, operations, seeds and depth (Fig. 4 to 9)."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau, linregress

from naseval.analysis.correlation import WINDOW
from naseval.claims.absent import lacking
from naseval.claims.rules._rule import STATISTICS, Rule, Rules
from naseval.claims.tables import Readings, Tables, known, some
from naseval.claims.values import Value
from naseval.published.studies import NUMBERS_OF_CELLS

SAME_PROTOCOL = ("darts", "pdarts", "manas", "stacnas")
"""Methods in the DARTS space that train with cutout, drop path and auxiliary tower."""
DRAWN = ("mean", "std", "max")
"""The statistics that Fig. 7 shows for every number of cells."""
COLUMN_OF_TRAINING = {"seeds": "seed", "depth": "cells"}
"""The column that distinguishes the two trainings of an architecture, by study."""
TieRule = Literal["min", "average", "max"]
TIES: dict[TieRule, str] = {
    "min": "ties take the lowest rank",
    "average": "ties take the average rank",
    "max": "ties take the highest rank",
}

Array = NDArray[np.float64]


# The 214 random architectures of the DARTS space (section 5.1, Fig. 4 and 5).


def darts_architectures(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the runs of random architectures of the DARTS space, by reading."""
    return {
        reading: some(runs, origin="random", space="darts")
        for reading, runs in tables.accuracies("distribution").items()
    }


def count_darts(tables: Tables) -> Readings:
    """Count the random architectures of the DARTS space."""
    return {"architectures": len(next(iter(darts_architectures(tables).values())))}


def darts_statistic(tables: Tables, name: str) -> Readings:
    """Return a statistic of the accuracies in the DARTS space, in per cent."""
    return {
        reading: STATISTICS[name](runs["accuracy"])
        for reading, runs in darts_architectures(tables).items()
    }


def shortest_training(tables: Tables) -> Readings:
    """Count the epochs of the shortest training."""
    trained = tables.runs("distribution")["epochs"].dropna()
    if trained.empty:
        lacking("there are no curves")
    return {"shortest": int(trained.min())}


def share_near_average(tables: Tables) -> Readings:
    """Return the share of `SAME_PROTOCOL` methods near the average random architecture.

    A method is near if its mean accuracy on CIFAR-10 is at most one standard deviation (ddof 0)
    above the mean of the random architectures.
    """
    benchmark = tables.accuracies("benchmark")
    found: Readings = {}
    for reading, runs in darts_architectures(tables).items():
        if reading not in benchmark:
            continue
        limit = runs["accuracy"].mean() + runs["accuracy"].std(ddof=0)
        searched = some(benchmark[reading], dataset="cifar10", origin="searched")
        similar = searched[searched["method"].isin(SAME_PROTOCOL)]
        means = similar.groupby("method")["accuracy"].mean()
        if means.empty:
            lacking("there are no searches of DARTS-like methods on cifar10")
        found[reading] = float((means <= limit).mean())
    return known(found)


def accuracy_curves(tables: Tables) -> Array:
    """Return accuracies in per cent, (runs, epochs)."""
    study = some(tables["distribution"], reading="epoch", origin="random", space="darts")
    if study["epoch"].max() <= WINDOW:
        lacking(f"curves of more than {WINDOW} epochs are needed")
    keys = ["genotype", "seed"]
    return study.pivot_table(index=keys, columns="epoch", values="test_accuracy").to_numpy()


def trailing_means(accuracies: Array) -> Array:
    """Return the trailing means over `WINDOW` epochs, from epoch `WINDOW` on."""
    windows = np.lib.stride_tricks.sliding_window_view(accuracies, WINDOW, axis=1)
    means: Array = windows.mean(axis=2)
    return means


def taus_by_epoch(accuracies: Array, final: Array) -> Array:
    """Return Kendall's tau-b between the accuracies at every epoch and the final ones."""
    return np.array([kendalltau(epoch, final).statistic for epoch in accuracies.T])


def straightness(tables: Tables) -> Readings:
    """Return R² of a linear regression of tau on the epoch, without the last epoch."""
    accuracies = accuracy_curves(tables)
    taus = taus_by_epoch(accuracies[:, :-1], accuracies[:, -1])
    if np.isnan(taus).any():
        lacking("at an epoch all architectures are equally accurate")
    fit: Any = linregress(np.arange(1, len(taus) + 1), taus)
    return {"R²": float(fit.rvalue**2)}


def smoothing_helps(tables: Tables) -> Readings:
    """Return the share of epochs at which smoothing raises the tau with the last accuracy."""
    accuracies = accuracy_curves(tables)
    before, final = accuracies[:, :-1], accuracies[:, -1]
    smoothed = taus_by_epoch(trailing_means(before), final)
    better = smoothed > taus_by_epoch(before[:, WINDOW - 1 :], final)
    return {"share of epochs": float(better.mean())}


# Networks of 4 to 24 cells (section 5.1, Fig. 7).


def count_networks(tables: Tables, cells: int) -> Readings:
    """Count the networks of `cells` cells."""
    return {"networks": len(some(tables.runs("cells"), cells=cells))}


def cells_statistic(tables: Tables, cells: int, name: str) -> Readings:
    """Return a statistic (per cent) of the networks of `cells` cells."""
    return {
        reading: STATISTICS[name](some(runs, cells=cells)["accuracy"])
        for reading, runs in tables.accuracies("cells").items()
    }


def cells_span_over_std(tables: Tables) -> Readings:
    """Divide the range of the means over depths by the std of random architectures of one depth."""
    architectures = darts_architectures(tables)
    found: Readings = {}
    for reading, runs in tables.accuracies("cells").items():
        if reading in architectures:
            span = STATISTICS["range"](runs.groupby("cells")["accuracy"].mean())
            accuracies = architectures[reading]["accuracy"]
            if not STATISTICS["range"](accuracies) > 0:
                lacking("the random architectures are too few or do not differ in accuracy")
            found[reading] = span / STATISTICS["std"](accuracies)
    return known(found)


# The space of plain convolutions (sections 5.2 and 6, Fig. 6).


def modified_architectures(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the runs of random architectures of the modified space, by reading."""
    return {
        reading: some(runs, origin="random", space="modified")
        for reading, runs in tables.accuracies("operations").items()
    }


def count_modified(tables: Tables) -> Readings:
    """Count the random architectures of the modified space."""
    return {"architectures": len(next(iter(modified_architectures(tables).values())))}


def mean_shift(tables: Tables) -> Readings:
    """Return the difference of the mean accuracies of the two spaces, in percentage points."""
    others = modified_architectures(tables)
    return known(
        {
            reading: float(runs["accuracy"].mean() - others[reading]["accuracy"].mean())
            for reading, runs in darts_architectures(tables).items()
            if reading in others
        }
    )


def count_both_spaces(tables: Tables) -> Readings:
    """Count the architectures of both spaces."""
    spaces = (darts_architectures(tables), modified_architectures(tables))
    return {"both spaces": sum(len(next(iter(readings.values()))) for readings in spaces)}


def mean_and_extremes(tables: Tables) -> Readings:
    """Return the mean, lowest and highest accuracy in the DARTS space, in per cent."""
    return {
        reading: [float(runs["accuracy"].agg(name)) for name in ("mean", "min", "max")]
        for reading, runs in darts_architectures(tables).items()
    }


# The same architectures trained twice (section 5.3, Fig. 8 and 9).


def paired_accuracies(runs: pd.DataFrame, study: str) -> pd.DataFrame:
    """Return accuracies, one row per architecture, one column per seed or depth, ascending."""
    column = COLUMN_OF_TRAINING[study]
    table = runs.pivot_table(index="genotype", columns=column, values="accuracy").dropna()
    if len(table.columns) != 2 or len(table) < 2:
        lacking(f"the {study} study has no pairs of trainings")
    return table


def of_pairs(tables: Tables, study: str, value: Callable[[pd.DataFrame], Value]) -> Readings:
    """Apply `value` to a study's paired accuracies under every reading."""
    return tables.readings(study, lambda runs: value(paired_accuracies(runs, study)))


def tau_b(pairs: pd.DataFrame) -> float:
    """Return Kendall's tau-b between the two trainings."""
    first, second = (pairs[column] for column in pairs)
    tau = float(kendalltau(first, second).statistic)
    if np.isnan(tau):
        lacking("all architectures are equally accurate in one of the two trainings")
    return tau


def absolute_changes(pairs: pd.DataFrame) -> pd.Series:
    """Return the absolute changes between the two trainings: percentage points or ranks."""
    first, second = (pairs[column] for column in pairs)
    return (second - first).abs()


def mean_change(pairs: pd.DataFrame) -> float:
    """Return the mean absolute change, in percentage points."""
    return float(absolute_changes(pairs).mean())


def largest_change(pairs: pd.DataFrame) -> float:
    """Return the largest absolute change, in percentage points or ranks."""
    return float(absolute_changes(pairs).max())


def std_of_changes(tables: Tables) -> Readings:
    """Return the standard deviation of the changes, in the population and the sample form."""
    found: Readings = {}
    for name, ddof in (("population", 0), ("sample", 1)):
        values = of_pairs(tables, "seeds", partial(_std_of_changes, ddof=ddof))
        found |= {f"{name}, {reading}": value for reading, value in values.items()}
    return found


def _std_of_changes(pairs: pd.DataFrame, ddof: int) -> float:
    return float(absolute_changes(pairs).std(ddof=ddof))


def largest_rank_change(tables: Tables) -> Readings:
    """Return the largest change of rank between depths, for three ways of ranking ties."""
    found: Readings = {}
    for method, name in TIES.items():
        values = of_pairs(tables, "depth", partial(_largest_rank_change, method=method))
        found |= {f"{name}, {reading}": value for reading, value in values.items()}
    return found


def _largest_rank_change(pairs: pd.DataFrame, method: TieRule) -> float:
    return largest_change(pairs.rank(method=method))


def compared_depths(tables: Tables) -> Readings:
    """Return the compared numbers of cells."""
    return {"cells": sorted(int(cells) for cells in tables["depth"]["cells"].dropna().unique())}


RULES: Rules = {
    "scope.archs_200plus": Rule(("distribution",), count_darts),
    "scope.one_pp_range": Rule(("distribution",), partial(darts_statistic, name="range")),
    "s51.n": Rule(("distribution",), count_darts),
    "s51.mean": Rule(("distribution",), partial(darts_statistic, name="mean")),
    "s51.std": Rule(("distribution",), partial(darts_statistic, name="std")),
    "s51.worst": Rule(("distribution",), partial(darts_statistic, name="min")),
    "s51.best": Rule(("distribution",), partial(darts_statistic, name="max")),
    "s51.epochs": Rule(("distribution",), shortest_training),
    "s51.methods_within_std": Rule(("distribution", "benchmark"), share_near_average),
    "fig5.linear": Rule(("distribution",), straightness),
    "fig5.smoothing": Rule(("distribution",), smoothing_helps),
    "s51.cells_vs_arch": Rule(("cells", "distribution"), cells_span_over_std),
    **{
        f"fig7.n.{cells}": Rule(("cells",), partial(count_networks, cells=cells))
        for cells in NUMBERS_OF_CELLS
    },
    **{
        f"fig7.{name}.{cells}": Rule(("cells",), partial(cells_statistic, cells=cells, name=name))
        for cells in NUMBERS_OF_CELLS
        for name in DRAWN
    },
    "s52.n": Rule(("operations",), count_modified),
    "s52.shift": Rule(("operations", "distribution"), mean_shift),
    "s52.total": Rule(("operations", "distribution"), count_both_spaces),
    "fig6.final": Rule(("distribution",), mean_and_extremes),
    "fig8.n": Rule(("seeds",), partial(of_pairs, study="seeds", value=len)),
    "fig8.tau": Rule(("seeds",), partial(of_pairs, study="seeds", value=tau_b)),
    "fig8.mean_change": Rule(("seeds",), partial(of_pairs, study="seeds", value=mean_change)),
    "fig8.std_change": Rule(("seeds",), std_of_changes),
    "fig8.max_change": Rule(("seeds",), partial(of_pairs, study="seeds", value=largest_change)),
    "fig9.n": Rule(("depth",), partial(of_pairs, study="depth", value=len)),
    "fig9.depths": Rule(("depth",), compared_depths),
    "fig9.tau": Rule(("depth",), partial(of_pairs, study="depth", value=tau_b)),
    "fig9.rank_shift": Rule(("depth",), largest_rank_change),
}
