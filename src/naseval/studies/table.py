"""Runs gathered into one tidy table per study."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from naseval.records import RUN, STUDY, read, table


def gather(results: str | Path, study: str, members: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return a table of `records.STUDY`, one row per run and epoch.

    `members` holds for each run its `path` below `results` and the columns that tell it apart.
    """
    rows = [
        {**labels(member, study), **curve}
        for member in members
        for curve in read(Path(results, member["path"]), RUN).select(CURVE).to_pylist()
    ]
    return table(STUDY, rows)


CURVE = [name for name in RUN.names if name in STUDY.names]


def labels(member: Mapping[str, Any], study: str) -> dict[str, Any]:
    """Return the columns that are the same in all rows of a run."""
    columns = {name: value for name, value in member.items() if name != "path"}
    return {"source": "reproduced", "study": study, "reading": "epoch", **columns}
