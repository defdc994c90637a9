"""Claims of section 3: searched against random architectures, and the cost of searches.

They concern Fig. 1 and 2 and Table 1; the abstract and section 1 repeat some of them. This module
deliberately computes the relative improvement independently of `naseval.analysis`, so that the
ledger checks the figures and tables by a second implementation.
"""

from functools import partial
from math import inf

import pandas as pd

from naseval.claims.absent import lacking
from naseval.claims.rules._rule import Rule, Rules
from naseval.claims.tables import Readings, Tables, some
from naseval.published.paper import DATASETS, METHODS

BY_POSITION = "columns by position"

GroupMeans = dict[tuple[str, str, str], float]
"""Mean accuracy (per cent) by dataset, method and origin."""


def group_means(tables: Tables) -> dict[str, GroupMeans]:
    """Return the mean accuracies of all groups of runs, by reading.

    A published summary replaces a group whose runs are not known.
    """
    summaries = tables["summaries"] if "summaries" in tables else pd.DataFrame()
    of_summaries = {
        (row["dataset"], row["method"], row["origin"]): float(row["mean"])
        for row in summaries.to_dict("records")
    }
    return {
        reading: {**of_summaries, **_means_of_runs(runs)}
        for reading, runs in tables.accuracies("benchmark").items()
    }


def _means_of_runs(runs: pd.DataFrame) -> GroupMeans:
    keys = ["dataset", "method", "origin"]
    grouped = runs.groupby(keys, sort=False)["accuracy"].mean().reset_index()
    return {
        (dataset, method, origin): float(mean)
        for dataset, method, origin, mean in grouped.itertuples(index=False)
    }


def _gain(means: GroupMeans, dataset: str, method: str) -> float:
    """Return mean searched − mean random accuracy of a method, in percentage points."""
    searched, random = (means.get((dataset, method, o)) for o in ("searched", "random"))
    if searched is None or random is None:
        lacking(f"there are no runs of {method} on {dataset}")
    return searched - random


def _gains(means: GroupMeans, dataset: str) -> dict[str, float]:
    methods = dict.fromkeys(method for name, method, _ in means if name == dataset)
    if not methods:
        lacking(f"there are no runs on {dataset}")
    return {method: _gain(means, dataset, method) for method in methods}


def _improvement(means: GroupMeans, dataset: str, method: str) -> float:
    return 100 * _gain(means, dataset, method) / means[dataset, method, "random"]


def relative_improvement(tables: Tables, dataset: str, method: str) -> Readings:
    """Return the relative improvement of a method on a dataset, in per cent.

    If the columns of the dataset's table are in another order than in most tables, the readings
    also contain the value that results from reading the columns by position.
    """
    by_reading = group_means(tables)
    note = _summary_note(tables, dataset, method)
    found: Readings = {
        f"{note}{reading}": _improvement(means, dataset, method)
        for reading, means in by_reading.items()
    }
    misread = _method_at_position(tables, dataset, method)
    if misread != method:
        found |= {
            f"{BY_POSITION}, {reading}": _improvement(means, dataset, misread)
            for reading, means in by_reading.items()
        }
    return found


def _summary_note(tables: Tables, dataset: str, method: str) -> str:
    """Return a note if only a summary of a method's searches is known, else an empty text."""
    runs = tables.runs("benchmark")
    own = (runs["dataset"] == dataset) & (runs["method"] == method)
    return "" if (own & (runs["origin"] == "searched")).any() else "searches by their summary, "


def _method_at_position(tables: Tables, dataset: str, method: str) -> str:
    """Return the method at the position in `dataset`'s table that `method` has in most tables."""
    orders = {
        str(name): tuple(runs["method"].unique())
        for name, runs in tables.runs("benchmark").groupby("dataset", sort=False)
    }
    usual = max(orders.values(), key=list(orders.values()).count)
    order = orders.get(dataset, usual)
    if len(order) != len(usual) or method not in usual:
        return method
    return str(order[usual.index(method)])


def count_methods(tables: Tables) -> Readings:
    """Count the methods of the benchmark."""
    return {"methods": int(tables["benchmark"]["method"].nunique())}


def count_datasets(tables: Tables) -> Readings:
    """Count the datasets of the benchmark."""
    return {"datasets": int(tables["benchmark"]["dataset"].nunique())}


def smallest_group(tables: Tables, origin: str) -> Readings:
    """Count the runs of the smallest group (dataset and method) of an origin."""
    runs = some(tables.runs("benchmark"), origin=origin)
    return {"smallest group": int(runs.groupby(["dataset", "method"]).size().min())}


def count_sampled_operations(tables: Tables) -> Readings:
    """Count the operations that occur in random genotypes of the DARTS space."""
    return {"operations": int(some(tables["genotypes"], space="darts")["operation"].nunique())}


def largest_gain(tables: Tables) -> Readings:
    """Return the largest gain over random sampling on CIFAR-10, in percentage points."""
    return {
        reading: max(_gains(means, "cifar10").values())
        for reading, means in group_means(tables).items()
    }


def better_half(tables: Tables) -> Readings:
    """Return the better half of the methods on CIFAR-10, only those above random sampling.

    Of methods that are equally good, the first in the table counts as the better one.
    """
    found: Readings = {}
    for reading, means in group_means(tables).items():
        gains = _gains(means, "cifar10")
        ranked = sorted(gains, key=lambda method: -means["cifar10", method, "searched"])
        found[reading] = [method for method in ranked[: len(ranked) // 2] if gains[method] > 0]
    return found


def count_losses(tables: Tables) -> Readings:
    """Count the negative cells of Table 1."""
    return {
        reading: sum(
            gain < 0
            for dataset in dict.fromkeys(name for name, _, _ in means)
            for gain in _gains(means, dataset).values()
        )
        for reading, means in group_means(tables).items()
    }


def baseline_spread_over_gain(tables: Tables) -> Readings:
    """Divide the spread of the random baselines on CIFAR-10 by the largest gain."""
    found: Readings = {}
    for reading, means in group_means(tables).items():
        gains = _gains(means, "cifar10")
        baselines = [means["cifar10", method, "random"] for method in gains]
        gain = max(gains.values())
        found[reading] = (max(baselines) - min(baselines)) / gain if gain > 0 else inf
    return found


def _gpu_days(tables: Tables) -> dict[str, float]:
    days = some(tables["costs"], dataset="cifar10").groupby("method", sort=False)["gpu_days"].mean()
    return {str(method): float(mean) for method, mean in days.items()}


def slowest_search(tables: Tables) -> Readings:
    """Return the mean cost of a search of the slowest method on CIFAR-10, in GPU-days."""
    return {"mean per method": max(_gpu_days(tables).values())}


def search_cost(tables: Tables, method: str) -> Readings:
    """Return the mean cost of a search of a method on CIFAR-10, in GPU-days."""
    costs = _gpu_days(tables)
    if method not in costs:
        lacking(f"the searches of {method} on cifar10 are not timed")
    return {"mean": costs[method]}


def methods_by_accuracy(tables: Tables) -> Readings:
    """Return the methods by mean accuracy of their searches on CIFAR-10, lowest first.

    The searches are those of the study `cost` (Fig. 2), or of the benchmark if that is missing.
    """
    study = "cost" if "cost" in tables else "benchmark"
    found: Readings = {}
    for reading, runs in tables.accuracies(study).items():
        searched = some(runs, origin="searched", dataset="cifar10")
        ranked = searched.groupby("method")["accuracy"].mean().sort_values(kind="stable")
        found[reading] = [str(method) for method in ranked.index]
    return found


RULES: Rules = {
    **{
        f"table1.{method}.{dataset}": Rule(
            ("benchmark", "summaries"),
            partial(relative_improvement, dataset=dataset, method=method),
        )
        for dataset in DATASETS
        for method in METHODS
    },
    "scope.methods": Rule(("benchmark",), count_methods),
    "scope.datasets": Rule(("benchmark",), count_datasets),
    "proto.random_runs": Rule(("benchmark",), partial(smallest_group, origin="random")),
    "proto.search_runs": Rule(("benchmark",), partial(smallest_group, origin="searched")),
    "proto.ops_uniform": Rule(("genotypes",), count_sampled_operations),
    "ri.best_pp_c10": Rule(("benchmark",), largest_gain),
    "ri.top_half_c10": Rule(("benchmark",), better_half),
    "ri.some_below": Rule(("benchmark", "summaries"), count_losses),
    "baseline_spread_vs_gain": Rule(("benchmark",), baseline_spread_over_gain),
    "scope.search_time": Rule(("costs",), slowest_search),
    "fig2.order": Rule(("benchmark", "cost"), methods_by_accuracy),
    **{
        f"fig2.cost.{method}": Rule(("costs",), partial(search_cost, method=method))
        for method in METHODS
    },
}
