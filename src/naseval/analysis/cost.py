"""Accuracy and the cost of the searches (paper, section 3.2 and figure 2)."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from naseval.analysis.finals import STATISTICS, best_and_last
from naseval.analysis.relative_improvement import benchmark_table
from naseval.errors import NasevalError

SECONDS_PER_DAY = 86_400
UNITS = {"days": 1, "hours": 24, "minutes": 1440, "seconds": SECONDS_PER_DAY}
"""Units of time, with how many of them a day has."""


DEVICE_KINDS = {"cuda": "GPU", "mps": "GPU", "gpu": "GPU", "cpu": "CPU"}
"""The kinds of devices by the first word of their names, in small letters."""


def device_kind(device: str) -> str:
    """Return the kind of a device: GPU, e.g. of `cuda:1` and of `cuda (V100)`, CPU, or its name."""
    word = re.match("[a-z]*", device.lower())
    return DEVICE_KINDS.get(word.group() if word else "", device)


def unit_of(days: float) -> tuple[str, int]:
    """Return the largest of `UNITS` of which so many days (NaN: unknown) are one or more.

    Tenths of a day are days, and less than a second is seconds.
    """
    if not days >= 0 or days >= 0.1:
        return "days", 1
    fitting = [unit for unit, number in UNITS.items() if days * number >= 1]
    unit = next(iter(fitting), "seconds")
    return unit, UNITS[unit]


def stated_costs(study: pd.DataFrame) -> pd.DataFrame:
    """Return the search costs that a study table itself contains.

    In such a table, `seconds` of a searched run with the `reading` best is the duration of its
    search on one GPU. The result has the columns dataset, method, `seed` (the number of the search,
    from 0) and `gpu_days`.
    """
    rows = study[(study["origin"] == "searched") & (study["reading"] == "best")]
    rows = rows.dropna(subset=["seconds"])
    return pd.DataFrame(
        {
            "dataset": rows["dataset"],
            "method": rows["method"],
            "seed": rows.groupby(["dataset", "method"]).cumcount(),
            "gpu_days": rows["seconds"] / SECONDS_PER_DAY,
        }
    ).reset_index(drop=True)


def search_costs(histories: Iterable[tuple[str, str, int, pd.DataFrame]]) -> pd.DataFrame:
    """Return the cost of each search: dataset, method, seed, `gpu_days` and, if known, `device`.

    `histories` yields the dataset, method, seed and history (`schemas.HISTORY`) of each search. The
    cost is the sum of the `seconds` of its epochs on one GPU, divided among those that shared it.
    """
    columns = ["dataset", "method", "seed", "gpu_days"]
    rows = [
        (*names, (h["seconds"] / h["at_once"]).sum() / SECONDS_PER_DAY, *h.get("device", [])[:1])
        for *names, h in histories
    ]
    columns += ["device"] * (max(map(len, rows), default=0) > len(columns))
    return pd.DataFrame(rows, columns=columns)


def with_stated(
    costs: pd.DataFrame, stated: Iterable[tuple[str, str, int, float, str]]
) -> pd.DataFrame:
    """Return `search_costs` with those of searches that were done elsewhere.

    `stated` has the dataset, method, seed, seconds and device of each.
    """
    rows = [
        (dataset, method, seed, seconds / SECONDS_PER_DAY, device)
        for dataset, method, seed, seconds, device in stated
    ]
    if not rows:
        return costs
    columns = ["dataset", "method", "seed", "gpu_days", "device"]
    given = pd.DataFrame(rows, columns=columns)
    return pd.concat([costs, given], ignore_index=True) if len(costs) else given


def cost_table(study: pd.DataFrame, costs: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Return `benchmark_table` of one dataset, with the cost of its searches.

    `costs` has one row per search, with the columns method, dataset, seed and `gpu_days`. The
    result has the additional columns `gpu_days_n` (number of searches), `gpu_days` (mean) and
    `gpu_days_std` (ddof 0), which are NaN if no cost is known. Rows are sorted by the mean best
    accuracy of the searched architectures. Raise `NasevalError` if the study has no runs on
    `dataset`.
    """
    here = study[study["dataset"] == dataset]
    if here.empty:
        raise NasevalError(f"the benchmark study has no runs on {dataset}; configure them")
    table = pd.concat([benchmark_table(here, name) for name in STATISTICS], ignore_index=True)
    by_method = costs[costs["dataset"] == dataset].groupby("method")["gpu_days"]
    spent = pd.DataFrame(
        {
            "gpu_days_n": by_method.size().astype("Int64"),
            "gpu_days": by_method.mean(),
            "gpu_days_std": by_method.std(ddof=0),
        }
    )
    order = best_and_last(table)[0].sort_values("searched_mean", kind="stable")["method"].tolist()
    places = table["method"].map(order.index)
    table = table.iloc[np.lexsort([places, table["statistic"]])]
    return table.join(spent, on="method").reset_index(drop=True)
