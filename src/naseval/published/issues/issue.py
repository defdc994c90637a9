"""The class of an issue, and the table of issues."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, get_args

import pandas as pd
import pyarrow as pa

REPORT_TABLES = {
    "data-issues": {
        "title": "Issues of the authors' files",
        "paper": (
            "Not in the paper: what is amiss in the files that the authors published, what is "
            "done about it, and the numbers that show it."
        ),
        "order": 11,
        "sources": ["published"],
        "function": "by_severity",
        "inputs": {"data_issues": "studies/{source}/data_issues.parquet"},
    },
}

Severity = Literal["error", "warning", "note"]
"""error: data are missing or wrong; warning: read with care; note: no number is affected."""


@dataclass(frozen=True)
class Issue:
    """A fault of a file, and how it is handled."""

    file: str
    study: str
    severity: Severity
    what: str
    handling: str
    evidence: str
    """The numbers that prove it."""


SCHEMA = pa.schema(
    [
        pa.field(name, pa.string(), nullable=False)
        for name in ("file", "study", "severity", "what", "handling", "evidence")
    ]
)


def issue_table(issues: Iterable[Issue]) -> pa.Table:
    """Return the issues as a table (`SCHEMA`), one row each."""
    return pa.Table.from_pylist([asdict(issue) for issue in issues], schema=SCHEMA)


def by_severity(data_issues: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the issues sorted by severity, errors first, and a sentence that counts them."""
    order = list(get_args(Severity))
    ranked = data_issues.iloc[data_issues["severity"].map(order.index).argsort(kind="stable")]
    counts = data_issues["severity"].value_counts()
    listed = ", ".join(f"{counts.get(name, 0)} × {name}" for name in order)
    return ranked.reset_index(drop=True), (
        f"{len(data_issues)} issues, each found by computation: {listed}. An error means that data "
        "are missing or wrong, a warning to read them with care, a note changes no number."
    )
