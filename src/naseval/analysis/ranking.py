"""Kendall's tau between the rankings under two seeds or two depths (paper, section 5.3)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.analysis.contrasts import FEWEST
from naseval.analysis.finals import READINGS, STATISTICS, finals, one_dataset, trained
from naseval.analysis.intervals import Values, resampled_weights, varying_interval
from naseval.analysis.wording import count, interval
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
    """Return the matrix (n, n) of the signs of `values[i] - values[j]`."""
    return np.asarray(np.sign(values[:, None] - values[None, :]), dtype=np.float32)


def tau_b(left: Signs, right: Signs, weights: Signs | None = None) -> Values:
    """Return Kendall's tau-b from the sign matrices of two rankings of the same n items.

    `weights` (resamples, n) tells how often each item was drawn in each resample; the result has
    one tau per resample, or a single tau without weights. Copies of an item are tied with each
    other in both rankings, so they do not change tau-b. The result is NaN if all items of a ranking
    are tied.
    """
    rows = np.ones((1, len(left)), dtype=np.float32) if weights is None else weights

    def total(matrix: Signs) -> Values:
        return np.asarray((rows @ matrix * rows).sum(axis=1), dtype=np.float64)

    with np.errstate(invalid="ignore"):
        tau: Values = total(left * right) / np.sqrt(total(np.abs(left)) * total(np.abs(right)))
    return tau


def pairs(study: pd.DataFrame, by: str, statistic: str = "best") -> pd.DataFrame:
    """Return one row per architecture with an accuracy under both values of the column `by`.

    Columns: genotype; `left` and `right`, the accuracies (per cent) under the lower and the higher
    value of `by`; `left_rank` and `right_rank` (1 = worst, ties averaged, as in the authors'
    figures). `attrs["values"]` holds the two values, `attrs["trained"]` the number of architectures
    that were trained, and `attrs["left_out"]` that of those without an accuracy under one of the
    values, because they were not trained under it or diverged. Raise `NasevalError` if `by` does
    not have exactly two values.
    """
    one_dataset(study)
    runs = trained(finals(study), statistic)
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
    complete.attrs = {
        "values": values,
        "trained": len(wide),
        "left_out": len(wide) - len(complete),
    }
    return complete


def named(by: str, value: float) -> str:
    """Return a value of `by` as text, e.g. `8 cells` or `seed 0`."""
    return f"{value:g} cells" if by == "cells" else f"{by} {value:g}"


def _row(paired: pd.DataFrame) -> dict[str, float]:
    left, right = paired["left"].to_numpy(), paired["right"].to_numpy()
    change = np.abs(right - left)
    shift = (paired["right_rank"] - paired["left_rank"]).abs()
    first, second = paired.attrs["values"]
    matrices = signs(left), signs(right)
    low, high = np.nan, np.nan
    if len(paired) >= FEWEST:
        low, high = varying_interval(tau_b(*matrices, resampled_weights(len(paired), "ranking")))
    return {
        "left": int(first),
        "right": int(second),
        "trained": paired.attrs["trained"],
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
    """Compare the rankings under the two values of `by`; return the table and a sentence.

    The table has one row per statistic. Columns: the two values of `by` (`left`, `right`); the
    numbers of architectures `trained`, counted, `n`, and `left_out`; Kendall's tau-b `tau` with its
    bootstrap interval over architectures, `low` to `high` (NaN for fewer than `FEWEST`, or
    if the rankings are the same or opposite); the mean, population standard deviation and maximum
    of the absolute change of accuracy (percentage points); and the mean and maximum of the absolute
    change of rank. The table is empty if fewer than two architectures have an accuracy under both
    values, as the sentence then says.
    """
    rows = []
    for statistic in STATISTICS:
        if finals(study)[statistic].notna().any():
            paired = pairs(study, by, statistic)
            if len(paired) > 1:
                rows.append({"by": by, "statistic": statistic, **_row(paired)})
    if not rows:
        return pd.DataFrame({"by": [], "statistic": []}), (
            f"Fewer than two architectures have an accuracy under both values of {by}, so there "
            "are no ranks to compare."
        )
    table = pd.DataFrame(rows)
    return table, _sentence(table.iloc[0], by)


def _sentence(best: pd.Series, by: str) -> str:
    tau = f"Kendall's tau-b is {interval(best['tau'], best['low'], best['high'])}"
    if np.isnan(best["tau"]):
        tau = "Kendall's tau-b is not defined, since all architectures are equal under one of them,"
    gone = count(best["left_out"], "architecture")
    left_out = (
        f" Left out, since not trained under both of them, or diverged: {gone}."
        if best["left_out"]
        else ""
    )
    return (
        f"Between {named(by, best['left'])} and {named(by, best['right'])} {tau} over {best['n']} "
        f"architectures ({READINGS[best['statistic']]}); accuracy changes by "
        f"{best['change_mean']:.2f} ± {best['change_std']:.2f} points, at most "
        f"{best['change_max']:.2f}, and ranks by up to {best['rank_change_max']:g}.{left_out}"
    )
