"""Verdicts of cells that are judged in steps, in the place of those by all runs at once."""

import pandas as pd

NOTE = (
    " Where runs are added in steps, the verdict of the accuracy that decides is the one that "
    "stopped the cell; the table *stopping* has its interval over all looks. Such cells are judged "
    "at the levels for their looks, and not adjusted; the others are adjusted without them. "
    "Intervals of RI are as if the numbers had been fixed."
)
"""For tables and figures that show such verdicts."""

NUMBERS = ("difference", "low", "high", "difference_p", "equivalence_p", "margin")


def frozen(table: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """Return `verdicts.against_average` with the verdicts of cells that are judged in steps.

    In rows that decide, the verdict, the difference and its (repeated) interval are those of
    `decisions` (`schemas.LOOK`). The other rows stay as they are, and without `decisions` all do.
    """
    result = table.copy()
    known = [] if decisions is None else decisions.to_dict("records")
    rows = {(row["dataset"], row["method"]): row for row in known}
    for at in result.index[result["decides"]]:
        row = rows.get((result.at[at, "dataset"], result.at[at, "method"]))
        if row is None:
            continue
        for name in (*NUMBERS, "verdict"):
            result.at[at, name] = row[name]
        result.at[at, "note"] = f"stopped at n = {row['searches']}"
    return result


def note(decisions: pd.DataFrame | None) -> str:
    """Return `NOTE` if there are decisions."""
    return NOTE if decisions is not None else ""
