"""Concatenates runs, and search histories, into one tidy table each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from naseval.records import read, table
from naseval.schemas import HISTORIES, HISTORY, RUN, STUDY


def gather_runs(results: str | Path, study: str, members: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return a study table (`schemas.STUDY`), one row per run and epoch.

    `members` holds, for each run, its `path` relative to `results` and the columns that identify it
    (see `naseval.studies.labelled`).
    """
    rows = [
        {**labels(member, study), **curve}
        for member in members
        for curve in read(Path(results, member["path"]), RUN).select(CURVE).to_pylist()
    ]
    return table(STUDY, rows)


CURVE = [name for name in RUN.names if name in STUDY.names]


def labels(member: Mapping[str, Any], study: str) -> dict[str, Any]:
    """Return the columns that are constant over the rows of a run."""
    columns = {name: value for name, value in member.items() if name != "path"}
    return {"source": "reproduced", "study": study, "reading": "epoch", **columns}


Search = tuple[str, str, int]
"""Dataset, method, seed."""


def gather_histories(searches: Sequence[Search], paths: Sequence[str]) -> pa.Table:
    """Return a table of `schemas.HISTORIES`; `paths` holds the history file of each search."""
    tables = []
    for (dataset, method, seed), path in zip(searches, paths, strict=True):
        history = read(path, HISTORY)
        count = len(history)
        names = {"dataset": [dataset] * count, "method": [method] * count, "seed": [seed] * count}
        columns = {**names, **{name: history[name] for name in HISTORY.names}}
        tables.append(pa.table(columns, schema=HISTORIES))
    return pa.concat_tables(tables)
