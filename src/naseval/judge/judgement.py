"""Judges the rows of a table against its baseline."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import FEWEST, difference, improvement
from naseval.analysis.inflation import expected_maximum, maximum_spread
from naseval.analysis.power import detectable
from naseval.analysis.verdicts import Comparison, judged
from naseval.errors import NasevalError
from naseval.judge.table import Row

NONE = "none"
"""Stands for the verdict where the numbers, however many, say nothing about the method."""


def judge(rows: Sequence[Row], baseline: str, margin: float) -> pd.DataFrame:
    """Judge every other row against the row named `baseline`, with a `margin` in points.

    Return one row for each, with the columns `name`, `statistic`, `n`, `mean`, `std` (ddof 1) and
    `relative_improvement` (per cent); those of `verdicts.judged`, whose family is the table;
    `detectable`, the difference (points) that Welch's test would detect (see `power.detectable`);
    `inflation`, the points by which the best of `best_of` exceeds the mean; `deflated`, the verdict
    after taking off all of it; `from_n`, the smaller number of runs; and `reason`, which is empty
    unless there is no verdict.

    Raise `NasevalError` if the table lacks the baseline or anything to compare with it.
    """
    average, others = _apart(rows, baseline)
    reasons = [_reason(row, average) for row in others]
    inflation = [_inflation(row, average) for row in others]
    table = pd.DataFrame([_described(row, average) for row in others])
    table = table.join(_judged(others, average, margin, [0.0] * len(others)))
    deflated = _judged(others, average, margin, inflation)["verdict"]
    table = table.assign(inflation=inflation, deflated=deflated, reason=reasons)
    silent = table["reason"] != ""
    table.loc[silent, ["verdict", "deflated"]] = NONE
    table.loc[silent, ["low", "high"]] = np.nan
    return table


def _apart(rows: Sequence[Row], baseline: str) -> tuple[Row, list[Row]]:
    found = [row for row in rows if row.name == baseline]
    others = [row for row in rows if row.name != baseline]
    if not found:
        names = ", ".join(row.name for row in rows)
        raise NasevalError(
            f"the table has no row {baseline!r}; name its baseline by --baseline (rows: {names})"
        )
    if not others:
        raise NasevalError(f"the table has only the baseline {baseline!r}; add a method's row")
    if found[0].best_of > 1:
        raise NasevalError(
            f"the baseline {baseline!r} is a best of {found[0].best_of}, not an average; give the "
            "mean of all its architectures and best_of 1"
        )
    return found[0], others


def _judged(
    others: Sequence[Row], average: Row, margin: float, taken_off: Sequence[float]
) -> pd.DataFrame:
    family = []
    for row, less in zip(others, taken_off, strict=True):
        searched = row.group._replace(mean=row.mean - np.nan_to_num(less))
        enough = not _reason(row, average) and min(row.n, average.n) >= FEWEST
        family.append(Comparison(difference(searched, average.group), margin, enough))
    return judged(family)


def _reason(row: Row, average: Row) -> str:
    """Return why the numbers say nothing about the method; empty if they do."""
    if row.over == "trainings":
        return f"its {row.n} trainings are of one search, and n counts searches"
    if average.over == "trainings":
        return f"the {average.n} trainings of the baseline are of one architecture"
    if row.statistic != average.statistic:
        return f"its {row.statistic} accuracy stands against the baseline's {average.statistic}"
    return ""


def _described(row: Row, average: Row) -> dict[str, object]:
    groups = row.group, average.group
    runs = np.array([group.n for group in groups], dtype=float)
    seen = np.nan
    if runs.min() > 1 and not _reason(row, average):
        variances = np.array([group.std for group in groups]) ** 2
        seen = float(detectable(variances, runs)) if variances.sum() else np.nan
    return {
        "name": row.name,
        "statistic": row.statistic,
        "n": row.n,
        "mean": row.mean,
        "std": float(groups[0].std),
        "relative_improvement": float(improvement(*groups).value),
        "detectable": seen,
        "from_n": min(row.n, average.n),
    }


def _inflation(row: Row, average: Row) -> float:
    """Return the expected excess of the best of `best_of` results over their mean, in points.

    The spread of these results is the baseline's, or what the spread of the row's own, which are
    the best ones, says of it: the larger one that is known, NaN if neither is.
    """
    if row.best_of == 1:
        return 0.0
    own = float(row.group.std) / maximum_spread(row.best_of)
    spreads = [spread for spread in (own, float(average.group.std)) if not np.isnan(spread)]
    return expected_maximum(row.best_of) * max(spreads, default=np.nan)
