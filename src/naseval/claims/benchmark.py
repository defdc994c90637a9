"""Claims on searched against random architectures (sections 3 and 4, Table 1)."""

from functools import partial
from math import inf

import numpy as np
import pandas as pd

from naseval.claims.rule import Rule, Rules
from naseval.claims.tables import AbsentError, Readings, Tables, some

METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "stacnas", "nao")
DATASETS = ("cifar10", "cifar100", "sport8", "mit67", "flowers102")
POSITION = "columns by position"
DIGITS = (10, 100, 1_000, 10_000, 100_000)

Means = dict[tuple[str, str, str], float]
"""Mean accuracy (per cent) by dataset, method and origin."""


def means(tables: Tables) -> dict[str, Means]:
    """Return the means of all groups of runs by reading.

    A summary stands in for a group whose runs aren't known.
    """
    summaries = tables["summaries"] if "summaries" in tables else pd.DataFrame()
    stand_ins = {
        (row["dataset"], row["method"], row["origin"]): float(row["mean"])
        for row in summaries.to_dict("records")
    }
    return {
        reading: {**stand_ins, **_group_means(runs)}
        for reading, runs in tables.accuracies("benchmark").items()
    }


def _group_means(runs: pd.DataFrame) -> Means:
    keys = ["dataset", "method", "origin"]
    grouped = runs.groupby(keys, sort=False)["accuracy"].mean().reset_index()
    return {
        (dataset, method, origin): float(mean)
        for dataset, method, origin, mean in grouped.itertuples(index=False)
    }


def _gain(means_: Means, dataset: str, method: str) -> float:
    try:
        return means_[dataset, method, "searched"] - means_[dataset, method, "random"]
    except KeyError as error:
        raise AbsentError(f"there are no runs of {method} on {dataset}") from error


def _improvement(means_: Means, dataset: str, method: str) -> float:
    return 100 * _gain(means_, dataset, method) / means_[dataset, method, "random"]


def relative_improvement(tables: Tables, dataset: str, method: str) -> Readings:
    """Per cent; also with columns taken by position, where a table has an order of its own."""
    by_reading = means(tables)
    note = _stand_in(tables, dataset, method)
    found: Readings = {
        f"{note}{reading}": _improvement(means_, dataset, method)
        for reading, means_ in by_reading.items()
    }
    there = _at_position(tables, dataset, method)
    if there != method:
        found |= {
            f"{POSITION}, {reading}": _improvement(means_, dataset, there)
            for reading, means_ in by_reading.items()
        }
    return found


def _stand_in(tables: Tables, dataset: str, method: str) -> str:
    """Say so where the searches of a method are known by their summary alone."""
    runs = tables.runs("benchmark")
    own = (runs["dataset"] == dataset) & (runs["method"] == method)
    return "" if (own & (runs["origin"] == "searched")).any() else "searches by their summary, "


def _at_position(tables: Tables, dataset: str, method: str) -> str:
    """Return which method stands in `dataset`'s table where others have `method`."""
    orders = {
        str(name): tuple(runs["method"].unique())
        for name, runs in tables.runs("benchmark").groupby("dataset", sort=False)
    }
    usual = max(orders.values(), key=list(orders.values()).count)
    order = orders.get(dataset, usual)
    if len(order) != len(usual) or method not in usual:
        return method
    return str(order[usual.index(method)])


def methods(tables: Tables) -> Readings:
    """Count methods."""
    return {"methods": int(tables["benchmark"]["method"].nunique())}


def datasets(tables: Tables) -> Readings:
    """Count datasets."""
    return {"datasets": int(tables["benchmark"]["dataset"].nunique())}


def runs_each(tables: Tables, origin: str) -> Readings:
    """Count the runs of the smallest group of an origin."""
    runs = some(tables.runs("benchmark"), origin=origin)
    return {"smallest group": int(runs.groupby(["dataset", "method"]).size().min())}


def _gains(means_: Means, dataset: str) -> dict[str, float]:
    found = dict.fromkeys(method for name, method, _ in means_ if name == dataset)
    if not found:
        raise AbsentError(f"there are no runs on {dataset}")
    return {method: _gain(means_, dataset, method) for method in found}


def largest_gain(tables: Tables) -> Readings:
    """Percentage points of the largest gain over random sampling on CIFAR-10."""
    return {
        reading: max(_gains(means_, "cifar10").values())
        for reading, means_ in means(tables).items()
    }


def upper_half(tables: Tables) -> Readings:
    """Name the better half of the methods on CIFAR-10, as far as they gain on random sampling."""
    found: Readings = {}
    for reading, means_ in means(tables).items():
        gains = _gains(means_, "cifar10")
        ranked = sorted(gains, key=lambda method: -means_["cifar10", method, "searched"])
        found[reading] = [method for method in ranked[: len(ranked) // 2] if gains[method] > 0]
    return found


def cells_below(tables: Tables) -> Readings:
    """Count the cells of Table 1 below 0."""
    return {
        reading: sum(
            gain < 0
            for dataset in dict.fromkeys(name for name, _, _ in means_)
            for gain in _gains(means_, dataset).values()
        )
        for reading, means_ in means(tables).items()
    }


def spread_over_gain(tables: Tables) -> Readings:
    """Divide the spread of the random baselines on CIFAR-10 by the largest gain."""
    found: Readings = {}
    for reading, means_ in means(tables).items():
        gains = _gains(means_, "cifar10")
        baselines = [means_["cifar10", method, "random"] for method in gains]
        gain = max(gains.values())
        found[reading] = (max(baselines) - min(baselines)) / gain if gain > 0 else inf
    return found


def test_images(tables: Tables, dataset: str) -> Readings:
    """Return the smallest power of ten of test images whose accuracies these can be."""
    accuracies = some(tables.runs("benchmark"), dataset=dataset)["best"].to_numpy()
    for images in DIGITS:
        right = accuracies * images / 100
        if np.abs(right - right.round()).max() < 1e-7 * images:  # 32-bit noise: 1e-5 per cent
            return {"granularity": images}
    raise AbsentError(f"accuracies on {dataset} are no multiples of a power of ten")


RULES: Rules = {
    **{
        f"table1.{method}.{dataset}": Rule(
            ("benchmark", "summaries"),
            partial(relative_improvement, dataset=dataset, method=method),
        )
        for dataset in DATASETS
        for method in METHODS
    },
    "scope.methods": Rule(("benchmark",), methods),
    "scope.datasets": Rule(("benchmark",), datasets),
    "proto.random_runs": Rule(("benchmark",), partial(runs_each, origin="random")),
    "proto.search_runs": Rule(("benchmark",), partial(runs_each, origin="searched")),
    "ri.best_pp_c10": Rule(("benchmark",), largest_gain),
    "ri.top_half_c10": Rule(("benchmark",), upper_half),
    "ri.some_below": Rule(("benchmark", "summaries"), cells_below),
    "baseline_spread_vs_gain": Rule(("benchmark",), spread_over_gain),
    "a2.cifar10.test": Rule(("benchmark",), partial(test_images, dataset="cifar10")),
    "a2.cifar100.test": Rule(("benchmark",), partial(test_images, dataset="cifar100")),
}
