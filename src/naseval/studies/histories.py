"""Search histories gathered into one tidy table."""

from collections.abc import Sequence

import pyarrow as pa

from naseval.records import HISTORIES, HISTORY, read

Search = tuple[str, str, int]
"""Dataset, method, seed."""


def gather(searches: Sequence[Search], paths: Sequence[str]) -> pa.Table:
    """Return a table of `records.HISTORIES`; `paths` has each search's history."""
    tables = []
    for (dataset, method, seed), path in zip(searches, paths, strict=True):
        history = read(path, HISTORY)
        count = len(history)
        names = {"dataset": [dataset] * count, "method": [method] * count, "seed": [seed] * count}
        columns = {**names, **{name: history[name] for name in HISTORY.names}}
        tables.append(pa.table(columns, schema=HISTORIES))
    return pa.concat_tables(tables)
