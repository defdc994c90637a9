"""Recorded searches: improvement over the average architecture, and differences between methods."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from naseval.analysis.comparison import welch
from naseval.analysis.intervals import PERCENT, Values, student_interval
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.wording import interval

REPORT_TABLES = {
    "recorded_methods": {
        "title": "Baselines on recorded trainings",
        "paper": (
            "Not in the paper: search methods on tables of trainings that others did, against "
            "the average of all architectures of the table."
        ),
        "order": 3,
        "sources": ["recorded"],
        "inputs": {"searches": "studies/{source}/searches.parquet"},
        "labels": ["dataset_labels", "method_labels"],
        "function": "improvements",
        "part_of": "benchmark",
    },
    "recorded_differences": {
        "title": "Differences between methods on recorded trainings",
        "paper": (
            "Not in the paper: which method is better, and by how much. Only tables whose results "
            "never are what was selected on give such a verdict."
        ),
        "order": 4,
        "sources": ["recorded"],
        "inputs": {"searches": "studies/{source}/searches.parquet"},
        "labels": ["dataset_labels", "method_labels"],
        "function": "differences",
        "part_of": "benchmark",
    },
}

NO_VALIDATION = (
    " No table has accuracies on validation images: methods choose by CIFAR-10's test accuracies, "
    "and the truth of a search is the mean of the trainings that it did not see. *Optimistic*: the "
    "result is a later epoch of the training by which it was chosen."
)


def improvements(
    searches: pd.DataFrame, dataset_labels: Labels, method_labels: Labels
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return one row per benchmark and method, the same with labels, and a note.

    `searches` are `naseval.recorded.study.ALL_SEARCHES`. Columns: the number of searches `n`, their
    mean `truth` (per cent), `relative_improvement` over the table's average (per cent) with
    Student's interval `low` to `high` over searches, and the mean `cost` in its `unit`.
    """
    rows = [
        {"benchmark": benchmark, "method": method, **_improvement(found)}
        for (benchmark, method), found in _by_method(searches, dataset_labels, method_labels)
    ]
    tidy = pd.DataFrame(rows)
    note = (
        "Per cent: 100 × (mean truth of the searches − average) / average, where the average is "
        f"that of all architectures of the table and so has no error; {PERCENT} interval over "
        f"searches. A dash: nobody stated the cost.{NO_VALIDATION}"
    )
    return tidy, _labelled(tidy, dataset_labels, method_labels), note


def differences(
    searches: pd.DataFrame, dataset_labels: Labels, method_labels: Labels
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return one row per benchmark with verdicts and pair of methods, with labels, and a note.

    `difference` is that of the relative improvements of `method` and `other` (percentage points),
    `low` to `high` its Welch interval, `p` Welch's p-value.
    """
    groups = dict(_by_method(searches[searches["verdicts"]], dataset_labels, method_labels))
    rows = [
        {"benchmark": one[0], "method": one[1], "other": two[1], **_difference(first, second)}
        for (one, first), (two, second) in combinations(groups.items(), 2)
        if one[0] == two[0]
    ]
    columns = ["benchmark", "method", "other", "difference", "low", "high", "welch_p"]
    tidy = pd.DataFrame(rows, columns=columns)
    note = (
        "Percentage points of relative improvement: that of the method minus that of the other, "
        f"with Welch's {PERCENT} interval over searches. Each is by itself, not adjusted "
        f"for the number of pairs.{NO_VALIDATION}"
    )
    return tidy, _labelled(tidy, dataset_labels, method_labels), note


def _by_method(
    searches: pd.DataFrame, dataset_labels: Labels, method_labels: Labels
) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    groups = dict(iter(searches.groupby(["benchmark", "method"], sort=False)))
    return [
        ((benchmark, method), groups[benchmark, method])
        for benchmark in in_order(searches["benchmark"], dataset_labels)
        for method in in_order(searches["method"], method_labels)
        if (benchmark, method) in groups
    ]


def _percent(found: pd.DataFrame) -> Values:
    """Return the relative improvement of each search over the table's average, in per cent."""
    return (100 * (found["truth"] / found["average"] - 1)).to_numpy(np.float64)


def _improvement(found: pd.DataFrame) -> dict[str, Any]:
    values = _percent(found)
    low, high = student_interval(values)
    return {
        "n": len(found),
        "truth": float(found["truth"].mean()),
        "relative_improvement": float(values.mean()),
        "low": low,
        "high": high,
        "cost": float(found["cost"].mean()),
        "unit": str(found["unit"].iloc[0]),
    }


def _difference(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, float]:
    value, low, high, p = welch(_percent(first), _percent(second))
    return {"difference": value, "low": low, "high": high, "welch_p": p}


def _labelled(table: pd.DataFrame, dataset_labels: Labels, method_labels: Labels) -> pd.DataFrame:
    """Return the table with labels in place of keys, and intervals of three decimals as text."""
    names = {"benchmark": dataset_labels, "method": method_labels, "other": method_labels}
    shown = table.replace({column: dict(names[column]) for column in names if column in table})
    value = "relative_improvement" if "relative_improvement" in table else "difference"
    shown[value] = [
        interval(*ends, digits=3)
        for ends in zip(table[value], table["low"], table["high"], strict=True)
    ]
    return shown.drop(columns=["low", "high"])
