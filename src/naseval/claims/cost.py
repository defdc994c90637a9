"""Claims on search cost (sections 1 and 3, Fig. 2)."""

from functools import partial

from naseval.claims.benchmark import METHODS
from naseval.claims.rule import Rule, Rules
from naseval.claims.tables import AbsentError, Readings, Tables, some


def _gpu_days(tables: Tables) -> dict[str, float]:
    days = some(tables["costs"], dataset="cifar10").groupby("method", sort=False)["gpu_days"].mean()
    return {str(method): float(mean) for method, mean in days.items()}


def slowest(tables: Tables) -> Readings:
    """GPU-days of the slowest method's mean search on CIFAR-10."""
    return {"mean per method": max(_gpu_days(tables).values())}


def of_method(tables: Tables, method: str) -> Readings:
    """GPU-days of a method's mean search on CIFAR-10."""
    costs = _gpu_days(tables)
    if method not in costs:
        raise AbsentError(f"the searches of {method} on cifar10 are not timed")
    return {"mean": costs[method]}


def order(tables: Tables) -> Readings:
    """Methods by mean accuracy of their searches on CIFAR-10, lowest first.

    The benchmark's searches stand in where the figure has none of its own.
    """
    study = "cost" if "cost" in tables else "benchmark"
    found: Readings = {}
    for reading, runs in tables.accuracies(study).items():
        searched = some(runs, origin="searched", dataset="cifar10")
        ranked = searched.groupby("method")["accuracy"].mean().sort_values(kind="stable")
        found[reading] = [str(method) for method in ranked.index]
    return found


RULES: Rules = {
    "scope.search_time": Rule(("costs",), slowest),
    "fig2.order": Rule(("benchmark", "cost"), order),
    **{
        f"fig2.cost.{method}": Rule(("costs",), partial(of_method, method=method))
        for method in METHODS
    },
}
