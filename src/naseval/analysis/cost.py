"""Accuracy and the cost of the searches (paper, section 3.2 and figure 2)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from naseval.analysis.finals import STATISTICS, best_and_last
from naseval.analysis.relative_improvement import benchmark_table
from naseval.errors import NasevalError

SECONDS_PER_DAY = 86_400


def stated_costs(study: pd.DataFrame) -> pd.DataFrame:
    """Return the costs that a study of finals states itself: dataset, method, seed, gpu_days.

    There `seconds` of a searched run (`reading` = best) is the time of its search on one GPU;
    searches are numbered from 0.
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
    """Return what searches cost: dataset, method, seed and `gpu_days`.

    `histories` holds dataset, method, seed and history (`schemas.HISTORY`) of every search;
    the `seconds` of its epochs, on one GPU, add up to its cost.
    """
    columns = ["dataset", "method", "seed", "gpu_days"]
    rows = [(*names, h["seconds"].sum() / SECONDS_PER_DAY) for *names, h in histories]
    return pd.DataFrame(rows, columns=columns)


def cost_table(study: pd.DataFrame, costs: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Return `benchmark_table` of one dataset with the cost of its searches, in order of accuracy.

    `costs` has one row per search: method, dataset, seed and `gpu_days`. The result gains
    `gpu_days_n`, `gpu_days` (mean) and `gpu_days_std` (ddof 0), NaN where no cost is known.
    Rows are sorted by the mean best accuracy of the searched architectures. `NasevalError`
    where the study has no runs on `dataset`.
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
