"""Recorded searches as a study table, and all of them as one tidy table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from naseval import records, schemas
from naseval.randomness import stream
from naseval.recorded.searches import SEARCHES
from naseval.recorded.view import Table

ARCHITECTURES = pa.schema(
    [field for field in SEARCHES if field.name not in ("seed", "cost", "unit")]
)
"""One row per architecture of a table: what is reported of it, and the truth."""

ALL_SEARCHES = pa.schema(
    [
        pa.field("benchmark", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("verdicts", pa.bool_(), nullable=False),  # whether differences mean something
        pa.field("average", pa.float64(), nullable=False),  # per cent; truth of all architectures
        *SEARCHES,
    ]
)
"""The searches of all methods on all tables."""

STUDY, PROTOCOL, SEED = "benchmark", "recorded", 0

Row = Mapping[str, Any]


def read_architectures(table: Table, benchmark: str) -> pa.Table:
    """Return what is reported of every architecture (`ARCHITECTURES`), in the table's order."""
    view = table.trainings.view(stream("recorded", benchmark, "architectures"))
    rows = [
        {"genotype": name, **view.outcome(number)._asdict()}
        for number, name in enumerate(table.names)
    ]
    return pa.Table.from_pylist(rows, schema=ARCHITECTURES)


def gather_searches(
    searches: Sequence[tuple[str, str, bool, pa.Table]], architectures: Mapping[str, pa.Table]
) -> pa.Table:
    """Return one table (`ALL_SEARCHES`) of the searches of each (benchmark, method, verdicts)."""
    tables = []
    for benchmark, method, verdicts, found in searches:
        average = float(np.mean(architectures[benchmark]["truth"].to_numpy()))
        constant = {
            "benchmark": benchmark,
            "method": method,
            "verdicts": verdicts,
            "average": average,
        }
        columns = {name: [value] * len(found) for name, value in constant.items()}
        columns |= {name: found[name] for name in SEARCHES.names}
        tables.append(pa.table(columns, schema=ALL_SEARCHES))
    return pa.concat_tables(tables)


def study_table(
    searches: pa.Table, architectures: Mapping[str, pa.Table], last_epochs: Mapping[str, int]
) -> pa.Table:
    """Return the benchmark study (`schemas.STUDY`) of recorded searches.

    A dataset is a benchmark. The random architectures of each method are all those of the table.
    `last_epochs` maps benchmarks whose epochs are known to the last one. The only accuracy that
    another benchmark knows of a training is its `best`.
    """
    rows = list(_study_rows(searches.to_pylist(), architectures, last_epochs))
    return records.table(schemas.STUDY, rows)


def _study_rows(
    searches: Sequence[Row], architectures: Mapping[str, pa.Table], last_epochs: Mapping[str, int]
) -> Iterator[Row]:
    for benchmark, method in dict.fromkeys((row["benchmark"], row["method"]) for row in searches):
        last = last_epochs.get(benchmark)
        for row in architectures[benchmark].to_pylist():
            run = {"dataset": benchmark, "method": method, "origin": "random", "seed": SEED}
            yield from _readings({**run, "genotype": row["genotype"]}, row, last)
    for row in searches:
        run = {"dataset": row["benchmark"], "method": row["method"], "origin": "searched"}
        labels = {**run, "seed": row["seed"], "genotype": row["genotype"]}
        yield from _readings(labels, row, last_epochs.get(row["benchmark"]))


def _readings(run: Row, row: Row, last_epoch: int | None) -> Iterator[Row]:
    """Yield the accuracies of a run: its best, and the last epoch's if the epochs are known."""
    space = str(run["genotype"]).partition("/")[0]
    constant = {"source": "recorded", "study": STUDY, "protocol": PROTOCOL, "space": space, **run}
    if last_epoch is None:
        yield {**constant, "reading": "best", "test_accuracy": row["reported"]}
    else:
        yield {**constant, "reading": "best", "test_accuracy": row["best"]}
        reading = {"reading": "epoch", "epoch": last_epoch}
        yield {**constant, **reading, "test_accuracy": row["reported"]}
