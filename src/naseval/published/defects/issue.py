"""One flaw of the authors' files."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

import pyarrow as pa

Severity = Literal["note", "warning", "error"]
"""note: no number changes; warning: read with care; error: data are missing or wrong."""


@dataclass(frozen=True)
class Issue:
    """What is amiss in a file, and what is done about it."""

    file: str
    study: str
    severity: Severity
    what: str
    handling: str
    evidence: str
    """The numbers that show it."""


SCHEMA = pa.schema(
    [
        pa.field(name, pa.string(), nullable=False)
        for name in ("file", "study", "severity", "what", "handling", "evidence")
    ]
)


def issue_table(issues: Iterable[Issue]) -> pa.Table:
    """Return the issues as a table, one row each."""
    return pa.Table.from_pylist([asdict(issue) for issue in issues], schema=SCHEMA)
