"""Kendall's tau: do architectures keep their ranks under another seed or depth? (section 5.3)"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.analysis.finals import STATISTICS, finals, one_dataset
from naseval.analysis.intervals import Values, percentile_interval, resampled_weights
from naseval.errors import NasevalError

REPORT_TABLES = {
    "seeds": {
        "title": "Ranks under two seeds",
        "paper": (
            "The paper gives Kendall's tau and the change of accuracy between two seeds "
            "(section 5.3). Shown with intervals."
        ),
        "order": 7,
        "function": "ranking",
        "study": "seeds",
        "arguments": {"by": "seed"},
    },
    "depth": {
        "title": "Ranks at two depths",
        "paper": (
            "The paper gives Kendall's tau and the change of ranks between 8 and 20 cells "
            "(section 5.3). Shown with intervals."
        ),
        "order": 8,
        "function": "ranking",
        "study": "depth",
        "arguments": {"by": "cells"},
    },
}

Signs = NDArray[np.float32]


def signs(values: Values) -> Signs:
    """Return the matrix of the signs of all differences, `values[i] - values[j]`."""
    return np.asarray(np.sign(values[:, None] - values[None, :]), dtype=np.float32)


def tau_b(left: Signs, right: Signs, weights: Signs | None = None) -> Values:
    """Return Kendall's tau-b from the sign matrices of two rankings of the same n items.

    `weights` (resamples × n) counts how often each item was drawn: one tau per row. Copies of
    an item are tied with each other on both sides, so they leave tau-b alone. NaN where a
    ranking consists of ties only.
    """
    rows = np.ones((1, len(left)), dtype=np.float32) if weights is None else weights

    def total(matrix: Signs) -> Values:
        return np.asarray((rows @ matrix * rows).sum(axis=1), dtype=np.float64)

    with np.errstate(invalid="ignore"):
        tau: Values = total(left * right) / np.sqrt(total(np.abs(left)) * total(np.abs(right)))
    return tau


def pairs(study: pd.DataFrame, by: str, statistic: str = "best") -> pd.DataFrame:
    """Return one row per architecture trained under both values of the column `by`.

    Columns: genotype, `left` and `right` (accuracies under the lower and the higher
    value of `by`), `left_rank` and `right_rank` (1 = worst, ties averaged, as the authors
    draw them). `attrs["values"]` holds the two values, `attrs["left_out"]` the number of
    architectures trained under one only. `NasevalError` unless `by` has exactly two values.
    """
    one_dataset(study)
    runs = finals(study).dropna(subset=[statistic])
    values = sorted(runs[by].dropna().unique())
    if len(values) != 2 and len(runs):
        raise NasevalError(
            f"the study {runs['study'].iloc[0]} has {len(values)} values of {by}; "
            "comparing ranks takes exactly 2, so configure two"
        )
    wide = runs.groupby(["genotype", by])[statistic].mean().unstack(by)
    complete = wide.dropna().set_axis(["left", "right"], axis=1).reset_index()
    for side in ("left", "right"):
        complete[f"{side}_rank"] = complete[side].rank()
    complete.attrs = {"values": values, "left_out": len(wide) - len(complete)}
    return complete


def named(by: str, value: float) -> str:
    """Return how people read one value of `by`: `8 cells`, `seed 0`."""
    return f"{value:g} cells" if by == "cells" else f"{by} {value:g}"


def _row(paired: pd.DataFrame) -> dict[str, float]:
    left, right = paired["left"].to_numpy(), paired["right"].to_numpy()
    change = np.abs(right - left)
    shift = (paired["right_rank"] - paired["left_rank"]).abs()
    first, second = paired.attrs["values"]
    matrices = signs(left), signs(right)
    low, high = np.nan, np.nan
    if len(paired) > 2:
        low, high = percentile_interval(tau_b(*matrices, resampled_weights(len(paired), "ranking")))
    return {
        "left": int(first),
        "right": int(second),
        "n": len(paired),
        "left_out": paired.attrs["left_out"],
        "tau": float(tau_b(*matrices)[0]),
        "low": low,
        "high": high,
        "change_mean": float(change.mean()),
        "change_std": float(change.std()),
        "change_max": float(change.max()),
        "rank_change_mean": float(shift.mean()),
        "rank_change_max": float(shift.max()),
    }


def ranking(study: pd.DataFrame, by: str) -> tuple[pd.DataFrame, str]:
    """Return Kendall's tau-b between the two values of `by`, how far ranks move, and a sentence.

    One row per statistic: the two values of `by` (`left`, `right`), `n` architectures, `tau`
    and its bootstrap interval over architectures (NaN below 3), mean, population standard
    deviation and maximum of the absolute change of accuracy in points, mean and maximum change
    of rank.
    """
    rows = []
    for statistic in STATISTICS:
        if finals(study)[statistic].notna().any():
            paired = pairs(study, by, statistic)
            if len(paired) > 1:
                rows.append({"by": by, "statistic": statistic, **_row(paired)})
    if not rows:
        raise NasevalError(
            f"fewer than two architectures were trained under both values of {by}; "
            "configure more, ranks need at least two"
        )
    table = pd.DataFrame(rows)
    best = table.iloc[0]
    return table, (
        f"Between {named(by, best['left'])} and {named(by, best['right'])} Kendall's tau-b is "
        f"{best['tau']:.2f} [{best['low']:.2f}, {best['high']:.2f}] over {best['n']} "
        f"architectures; accuracy changes by {best['change_mean']:.2f} ± "
        f"{best['change_std']:.2f} points, at most {best['change_max']:.2f}, and ranks by up to "
        f"{best['rank_change_max']:g}."
    )
