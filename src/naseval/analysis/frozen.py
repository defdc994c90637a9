"""Verdicts of cells that are judged in steps, in the place of those by all runs at once."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from naseval.analysis.intervals import PERCENT

NOTE = (
    " Where runs are added in steps, the verdict and the difference by the accuracy that decides "
    "are those of the last look, and the interval of that difference is the repeated one, wider "
    f"than Welch's since it holds the truth over all looks with {PERCENT}. Such cells are judged "
    "at the levels for their looks, and not adjusted; the others are adjusted without them. "
    "Intervals of RI are as if the numbers had been fixed."
)
"""For tables and figures that show such verdicts."""

NUMBERS = ("difference", "low", "high", "difference_p", "equivalence_p", "margin")


def frozen(table: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """Return `verdicts.against_average` with the verdicts of cells that are judged in steps.

    In rows that decide, the verdict, the difference and its (repeated) interval are those of
    `decisions` (`schemas.LOOK`), as far as the look had enough runs for them; the note says at
    which look. The other rows stay as they are, and without `decisions` all do.
    """
    result = table.copy()
    known = [] if decisions is None else decisions.to_dict("records")
    rows = {(row["dataset"], row["method"]): row for row in known}
    for at in result.index[result["decides"]]:
        row = rows.get((result.at[at, "dataset"], result.at[at, "method"]))
        if row is None:
            continue
        for name in (*NUMBERS, "verdict"):
            if not pd.isna(row[name]):
                result.at[at, name] = row[name]
        result.at[at, "note"] = "; ".join(filter(None, [_where(row), str(result.at[at, "note"])]))
    return result


def _where(row: Mapping[Hashable, Any]) -> str:
    """Return where a cell stopped, or by which of its runs it has been judged so far."""
    n = row["searches"]
    if row["decided"] or row["look"] == row["looks"]:
        return f"stopped at n = {n}"
    return f"judged at look {row['look']} of {row['looks']}, n = {n}, and not yet at later ones"


def note(decisions: pd.DataFrame | None) -> str:
    """Return `NOTE` if there are decisions."""
    return NOTE if decisions is not None else ""
