"""The section on verdicts: better, worse, equivalent or undecided, and what would flatter them."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from naseval.analysis.cells import Cell, cells
from naseval.analysis.comparison import LEVEL
from naseval.analysis.conclusions import conclusion
from naseval.analysis.finals import finals
from naseval.analysis.frozen import NOTE as STEPWISE
from naseval.analysis.inflation import expected_maximum
from naseval.analysis.intervals import PERCENT
from naseval.analysis.tails import tail_warning
from naseval.analysis.wording import count, interval
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels, table

HEAD = [
    "dataset", "accuracy", "verdict", "difference (points)", "margin", "equivalent above", "note",
]  # fmt: skip

NOTE = (
    "Mean accuracy of the searched architectures minus that of random ones, in points, with "
    f"Welch's {PERCENT} interval. The verdict is that of Welch's test and of two one-sided tests "
    f"against the margin, at the level {LEVEL:g} after Benjamini and Hochberg's adjustment over "
    "all methods and datasets run so far, save those judged in steps. *Undecided* means too few "
    "runs for this spread, not equal; with any margin larger than *equivalent above* the row would "
    "be equivalent, or better or worse by less than the margin. The statistic that does not decide "
    "stands beside."
)

ADDED = ["dataset", "best of the searches", "best epoch, searched", "best epoch, random"]

ADDED_NOTE = (
    "Points that a report of the best in place of the mean would add to the accuracy: of the best "
    "search, up to the expected maximum of so many normal values with this spread, if it is not "
    "trained and tested anew; of the best epoch, up to its mean lead over the last one, if epochs "
    "are chosen on the test images. Nothing here is subtracted from any number of this card."
)


def verdict_rows(evidence: Evidence, method: str) -> pd.DataFrame:
    """Return a method's rows of `evidence.verdicts`, by dataset, what decides above what does not.

    The family is all methods and datasets that have results so far. Where runs are added in steps,
    the verdict is that of the last look, and is not of the family.
    """
    rows = evidence.verdicts
    rows = rows[rows["method"] == method]
    places = rows["dataset"].map(evidence.datasets(method).index)
    order = np.lexsort([~rows["decides"], places])
    return rows.iloc[order]


def deciding_cells(evidence: Evidence, method: str) -> list[Cell]:
    """Return the cells of a method by the statistic that decides."""
    return [one for one in cells(evidence.study("benchmark", method)) if one.decides]


def sentence(evidence: Evidence, method: str) -> str:
    """Return the conclusion on a method as a sentence of Markdown."""
    labels = escaped_labels(evidence.config.labels["datasets"])
    return conclusion(verdict_rows(evidence, method), labels)


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    if evidence.study("benchmark", method).empty:
        return "Nothing has been run that could be judged."
    labels = escaped_labels(evidence.config.labels["datasets"])
    rows = [_row(row, labels) for row in verdict_rows(evidence, method).to_dict("records")]
    stepwise = any(name == method for _, name in evidence.looks)
    parts = [
        table(HEAD, rows),
        NOTE + (STEPWISE if stepwise else ""),
        *_tails(evidence, method, labels),
    ]
    if added := _added(evidence, method, labels):
        parts += [table(ADDED, added), ADDED_NOTE]
    return "\n\n".join(parts)


def _row(row: Mapping[Hashable, Any], labels: Mapping[str, str]) -> list[object]:
    return [
        labels[row["dataset"]],
        row["statistic"] + (", decides" if row["decides"] else ""),
        f"**{row['verdict']}**" if row["decides"] else row["verdict"],
        interval(row["difference"], row["low"], row["high"], sign="+"),
        row["margin"],
        row["equivalent_at"],
        row["note"],
    ]


def _tails(evidence: Evidence, method: str, labels: Mapping[str, str]) -> list[str]:
    """Return a warning for every dataset whose random architectures have a long lower tail."""
    known = deciding_cells(evidence, method)
    warned = [(labels[one.dataset], tail_warning(one.random)) for one in known]
    return [f"{label}: {warning}" for label, warning in warned if warning]


def _added(evidence: Evidence, method: str, labels: Mapping[str, str]) -> list[list[str]]:
    """Return what selection would add on each dataset, as ranges from 0, in points."""
    runs = finals(evidence.study("benchmark", method))
    leads = (runs["best"] - runs["last"]).groupby([runs["dataset"], runs["origin"]]).mean()
    rows = []
    for cell in deciding_cells(evidence, method):
        searched = cell.groups[0]
        if not searched.std > 0:
            continue
        most = expected_maximum(int(searched.n)) * float(searched.std)
        epochs = [leads.get((cell.dataset, side), np.nan) for side in ("searched", "random")]
        best = f"{_range(most)} (of {count(int(searched.n), 'search', 'searches')})"
        rows.append([labels[cell.dataset], best, *map(_range, epochs)])
    return rows


def _range(most: float) -> str:
    return "–" if np.isnan(most) else f"0 to {most:.2f}"
