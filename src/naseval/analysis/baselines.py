"""Methods against baselines: the best of k at equal cost, counting parameters, and others.

The budget B of a method is the mean time of its searches on a dataset. A baseline trains k
candidates, which the configuration states; what B would buy is computed beside it from the measured
time of one training. So no result depends on a clock, and whether the cost is equal can be seen.
Of a method that searched elsewhere B is what is stated, and is compared on the same device alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from naseval.analysis.cells import Cell, cells
from naseval.analysis.comparison import adjusted
from naseval.analysis.contrasts import FEWEST, Contrast, difference
from naseval.analysis.cost import SECONDS_PER_DAY, search_costs
from naseval.analysis.finals import STATISTICS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.tables import Labels, escaped, in_order
from naseval.analysis.verdicts import Levels, verdict
from naseval.analysis.wording import interval

REPORT_TABLES = {
    "baselines": {
        "title": "Methods against baselines",
        "paper": (
            "The paper asks that methods be compared with random search at equal cost (section 6). "
            "Shown is each method beside the best of k random candidates, other searches of few "
            "trainings, and scores of networks that nobody trained, all in its space and under its "
            "protocol."
        ),
        "order": 12,
        "sources": ["reproduced"],
        "study": "baselines",
        "inputs": {"histories": "studies/{source}/baseline-histories.parquet"},
        "labels": ["dataset_labels", "method_labels"],
        "settings": {
            "baselines": "studies.baselines.baselines",
            "best_of": "studies.baselines.best_of",
            "stated": "stated_costs",
        },
    },
}

FEWEST_TRAININGS = 2
"""The fewest trainings among which there is a best one."""
COLUMNS = (
    *("dataset", "method", "baseline", "statistic", "decides", "searched_n", "baseline_n"),
    *("searched_mean", "baseline_mean", "difference", "low", "high", "welch_p", "welch_q"),
    *("answer", "seconds", "baseline_seconds", "device", "baseline_device", "trainings", "buys"),
)

Key = tuple[str, str]
"""Dataset and method."""
Stated = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""`seconds` and `device` of searches that were done elsewhere, by dataset and method."""


class Spent(NamedTuple):
    """The mean seconds of a search; the device without its number; whether this is as stated."""

    seconds: float
    device: str
    stated: bool


def against_baselines(
    study: pd.DataFrame,
    histories: pd.DataFrame,
    baselines: Sequence[str],
    best_of: str,
    stated: Stated | None = None,
) -> pd.DataFrame:
    """Return one row per statistic, dataset, method and baseline of its space and protocol.

    Parameters
    ----------
    study : pandas.DataFrame
        The study (`schemas.STUDY`).
    histories : pandas.DataFrame
        The searches of its methods and baselines (`schemas.HISTORIES`).
    baselines : sequence of str
        The keys of the baselines; all other methods are compared with them.
    best_of : str
        The baseline whose candidates all train alike, by whose trainings budgets are counted.
    stated : mapping, optional
        The costs of searches that were done elsewhere.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: means over searches (per cent), their `difference` (points) with Welch's
        interval, test and the test's adjustment over all rows of the statistic; the `answer`
        (better, worse or undecided; undecided with fewer than `FEWEST` runs on a side); the mean
        `seconds` of a search of either, and their `device`; the `trainings` of a search of the
        baseline (missing where none was trained to its end, or not all were), and how many the
        method's seconds would buy (`buys`; missing if these are of different devices).

    """
    spent = spent_on_searches(histories, stated)
    trained = _trainings(histories)
    rows: list[dict[str, Any]] = []
    for statistic in STATISTICS:
        pairs = list(_pairs(list(cells(study, [statistic])), baselines))
        contrasts = [difference(left.groups[0], right.groups[0]) for left, right in pairs]
        p = np.array([_p(*pair, one) for pair, one in zip(pairs, contrasts, strict=True)], float)
        q = adjusted(p)
        for place, ((left, right), one) in enumerate(zip(pairs, contrasts, strict=True)):
            rows.append(
                {
                    **_means(left, right, one),
                    "welch_p": p[place],
                    "welch_q": q[place],
                    "answer": verdict(float(one.value), q[place], np.nan, Levels()),
                    **_spent(spent.get((left.dataset, left.method)), ""),
                    **_spent(spent.get((right.dataset, right.method)), "baseline_"),
                    "trainings": trained.get((right.dataset, right.method), np.nan),
                    "buys": bought(left.dataset, left.method, best_of, spent, trained),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def bought(
    dataset: str,
    method: str,
    best_of: str,
    spent: Mapping[Key, Spent],
    trained: Mapping[Key, float],
) -> float:
    """Return how many trainings a method's mean search time buys on a dataset.

    It is NaN if that is not known, or if the two are of different devices.
    """
    own, other = spent.get((dataset, method)), spent.get((dataset, best_of))
    number = trained.get((dataset, best_of), np.nan)
    if own is None or other is None or own.device != other.device:
        return np.nan
    known = own.seconds * other.seconds * number > 0
    return float(floor(own.seconds / (other.seconds / number))) if known else np.nan


def spent_on_searches(histories: pd.DataFrame, stated: Stated | None = None) -> dict[Key, Spent]:
    """Return what a search takes by dataset and method: measured, or as it is stated."""
    searches = histories.groupby(["dataset", "method", "seed"], sort=False)
    costs = search_costs((str(d), str(m), int(str(s)), rows) for (d, m, s), rows in searches)
    found = {}
    for (dataset, method), rows in costs.groupby(["dataset", "method"]):
        devices = {re.sub(r":\d+$", "", device) for device in rows.get("device", ["unknown"])}
        seconds = float(rows["gpu_days"].mean()) * SECONDS_PER_DAY
        found[str(dataset), str(method)] = Spent(seconds, " or ".join(sorted(devices)), False)
    for dataset, costs_of in (stated or {}).items():
        for method, cost in costs_of.items():
            found[dataset, method] = Spent(cost["seconds"], cost["device"], True)
    return found


def devices_said(spent: Mapping[Key, Spent], rows: pd.DataFrame, method_labels: Labels) -> str:
    """Return a sentence on seconds that are stated, or that are of different devices.

    It is about the methods in `rows`, and about the baselines if there is such a column. It is
    empty if all was measured on one device.
    """
    columns = [rows[["dataset", name]] for name in ("method", "baseline") if name in rows]
    keys = {key for column in columns for key in column.itertuples(index=False, name=None)}
    known = {key: one for key, one in spent.items() if key in keys}
    devices = {one.device for one in known.values()}
    if len(devices) < 2 and not any(one.stated for one in known.values()):
        return ""
    methods: dict[str, list[str]] = {}
    for (_, method), one in known.items():
        methods.setdefault(f"{one.device}{', as stated' * one.stated}", []).append(method)
    parts = [
        f"{', '.join(method_labels.get(n, n) for n in in_order(names, method_labels))} on {on}"
        for on, names in methods.items()
    ]
    fact = "Seconds of different devices are not compared" if len(devices) > 1 else "Seconds"
    return f" {fact}: {'; '.join(parts)}."


def _spent(one: Spent | None, side: str) -> dict[str, Any]:
    known = {"seconds": np.nan, "device": None} if one is None else one._asdict()
    return {f"{side}{name}": known[name] for name in ("seconds", "device")}


def _trainings(histories: pd.DataFrame) -> dict[Key, float]:
    """Return the mean number of trainings of a search, if every row is a whole one."""
    found = {}
    for (dataset, method), rows in histories.groupby(["dataset", "method"], sort=False):
        if rows["validation_accuracy"].notna().all() and (rows["stage"] == 1).all():
            found[str(dataset), str(method)] = len(rows) / rows["seed"].nunique()
    return found


def _pairs(known: list[Cell], baselines: Sequence[str]) -> Iterator[tuple[Cell, Cell]]:
    """Yield every method with every baseline whose dataset, space and protocol are the same."""
    for left in known:
        for right in known:
            alike = left.pool == right.pool
            if alike and left.method not in baselines and right.method in baselines:
                yield left, right


def _p(left: Cell, right: Cell, one: Contrast) -> float:
    enough = min(left.searched.size, right.searched.size) >= FEWEST
    return float(one.difference_p()) if enough else np.nan


def _means(left: Cell, right: Cell, one: Contrast) -> dict[str, Any]:
    low, high = one.interval()
    return {
        "dataset": left.dataset,
        "method": left.method,
        "baseline": right.method,
        "statistic": left.statistic,
        "decides": left.decides,
        "searched_n": left.searched.size,
        "baseline_n": right.searched.size,
        "searched_mean": float(left.groups[0].mean),
        "baseline_mean": float(right.groups[0].mean),
        "difference": float(one.value),
        "low": float(low),
        "high": float(high),
    }


def table(
    study: pd.DataFrame,
    histories: pd.DataFrame,
    baselines: Sequence[str],
    best_of: str,
    dataset_labels: Labels,
    method_labels: Labels,
    stated: Stated | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return `against_baselines`, the same table as people read it, and a note."""
    tidy = against_baselines(study, histories, baselines, best_of, stated)
    ranks = {
        name: {key: place for place, key in enumerate(in_order(tidy[name], labels))}
        for name, labels in (("dataset", dataset_labels), ("method", method_labels))
    }
    order = [
        *(tidy[name].map(places) for name, places in ranks.items()),
        tidy["baseline"].map({key: place for place, key in enumerate(baselines)}),
    ]
    tidy = tidy.iloc[np.lexsort(order[::-1])].reset_index(drop=True)
    named = {"dataset": dataset_labels, "method": method_labels, "baseline": method_labels}
    shown = tidy.replace({column: dict(labels) for column, labels in named.items()})
    shown["difference"] = [
        interval(*row) for row in tidy[["difference", "low", "high"]].itertuples(index=False)
    ]
    shown["buys"] = [said(number) for number in tidy["buys"]]
    shown["trainings"] = ["–" if pd.isna(one) else f"{one:g}" for one in tidy["trainings"]]
    shown = shown.drop(columns=["low", "high", "decides", "device", "baseline_device"])
    said_of_devices = devices_said(spent_on_searches(histories, stated), tidy, method_labels)
    return tidy, shown, f"{_note(best_of, method_labels)}{escaped(said_of_devices)}"


def said(buys: float) -> str:
    """Return how many trainings a budget buys in words: a number, `fewer than 2` or `not known`."""
    if pd.isna(buys):
        return "not known"
    return "fewer than 2" if buys < FEWEST_TRAININGS else f"{buys:g}"


def _note(best_of: str, method_labels: Labels) -> str:
    return (
        "Test accuracies in per cent, means over searches; the difference is method minus "
        f"baseline, in points, with Welch's {PERCENT} interval; q is p after Benjamini and "
        "Hochberg's adjustment over the rows of a statistic, and the answer rests on it. *last* "
        "decides. *seconds* are of one search on one device; *trainings* are those of one search "
        "of the baseline, and *buys* is how many trainings of "
        f"{escaped(method_labels.get(best_of, best_of))} the method's seconds pay for: the cost is "
        "equal where both agree. The cost of tuning either is unknown."
    )
