"""Claims on the 214 random architectures (sections 1 and 5.1, Fig. 4 and 5)."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kendalltau, linregress

from naseval.claims.rule import Rule, Rules
from naseval.claims.spread import SPREADS
from naseval.claims.tables import AbsentError, Readings, Tables, known, some

WINDOW = 20  # epochs; legend of Fig. 5
SAME_PROTOCOL = ("darts", "pdarts", "manas", "stacnas")
"""Methods whose protocol is cutout, drop path and auxiliary tower in the DARTS space."""

Taus = NDArray[np.float64]


def original(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the random architectures of the DARTS space by reading."""
    return {
        reading: some(runs, origin="random", space="darts")
        for reading, runs in tables.accuracies("distribution").items()
    }


def count(tables: Tables) -> Readings:
    """Count architectures."""
    return {"architectures": len(next(iter(original(tables).values())))}


def statistic(tables: Tables, name: str) -> Readings:
    """Return a statistic of the accuracies, per cent."""
    return {reading: SPREADS[name](runs["accuracy"]) for reading, runs in original(tables).items()}


def epochs(tables: Tables) -> Readings:
    """Count the epochs of the shortest training."""
    trained = tables.runs("distribution")["epochs"].dropna()
    if trained.empty:
        raise AbsentError("there are no curves")
    return {"shortest": int(trained.min())}


def near_average(tables: Tables) -> Readings:
    """Share of the DARTS-like methods whose CIFAR-10 mean is at most one std above average."""
    benchmark = tables.accuracies("benchmark")
    found: Readings = {}
    for reading, runs in original(tables).items():
        if reading not in benchmark:
            continue
        limit = runs["accuracy"].mean() + runs["accuracy"].std(ddof=0)
        searched = some(benchmark[reading], dataset="cifar10", origin="searched")
        similar = searched[searched["method"].isin(SAME_PROTOCOL)]
        means = similar.groupby("method")["accuracy"].mean()
        if means.empty:
            raise AbsentError("there are no searches of DARTS-like methods on cifar10")
        found[reading] = float((means <= limit).mean())
    return known(found)


def curves(tables: Tables) -> NDArray[np.float64]:
    """Return accuracies by run and epoch, per cent."""
    study = some(tables["distribution"], reading="epoch", origin="random", space="darts")
    if study["epoch"].max() <= WINDOW:
        raise AbsentError(f"curves of more than {WINDOW} epochs are needed")
    keys = ["genotype", "seed"]
    return study.pivot_table(index=keys, columns="epoch", values="test_accuracy").to_numpy()


def smoothed(accuracies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return trailing means over `WINDOW` epochs, from epoch `WINDOW` on."""
    windows = np.lib.stride_tricks.sliding_window_view(accuracies, WINDOW, axis=1)
    means: NDArray[np.float64] = windows.mean(axis=2)
    return means


def taus(accuracies: NDArray[np.float64], final: NDArray[np.float64]) -> Taus:
    """Return Kendall's tau-b between every epoch and the final accuracies."""
    return np.array([kendalltau(epoch, final).statistic for epoch in accuracies.T])


def straightness(tables: Tables) -> Readings:
    """R² of a straight line through tau by epoch, the last epoch left out."""
    accuracies = curves(tables)
    raw = taus(accuracies[:, :-1], accuracies[:, -1])
    fit: Any = linregress(np.arange(1, len(raw) + 1), raw)
    return {"R²": float(fit.rvalue**2)}


def smoothing_helps(tables: Tables) -> Readings:
    """Share of epochs at which the moving average correlates better with the last accuracy."""
    accuracies = curves(tables)
    before, final = accuracies[:, :-1], accuracies[:, -1]
    better = taus(smoothed(before), final) > taus(before[:, WINDOW - 1 :], final)
    return {"share of epochs": float(better.mean())}


RULES: Rules = {
    "scope.archs_200plus": Rule(("distribution",), count),
    "scope.one_pp_range": Rule(("distribution",), partial(statistic, name="range")),
    "s51.n": Rule(("distribution",), count),
    "s51.mean": Rule(("distribution",), partial(statistic, name="mean")),
    "s51.std": Rule(("distribution",), partial(statistic, name="std")),
    "s51.worst": Rule(("distribution",), partial(statistic, name="min")),
    "s51.best": Rule(("distribution",), partial(statistic, name="max")),
    "s51.epochs": Rule(("distribution",), epochs),
    "s51.methods_within_std": Rule(("distribution", "benchmark"), near_average),
    "fig5.linear": Rule(("distribution",), straightness),
    "fig5.smoothing": Rule(("distribution",), smoothing_helps),
}
