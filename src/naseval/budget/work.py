"""Amount of work, in units that do not depend on the device."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

import pyarrow as pa

from naseval.budget.jobs import Key
from naseval.records import read

COLUMNS = ("kind", "dataset", "recipe", "network")
SCHEMA = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in COLUMNS]
    + [
        pa.field("calls", pa.float64(), nullable=False),
        pa.field("values", pa.float64(), nullable=False),
        pa.field("flops", pa.float64(), nullable=False),
        pa.field("photographs", pa.float64(), nullable=False),
        pa.field("precision", pa.string(), nullable=False),
        pa.field("checkpoint", pa.int64(), nullable=False),  # bytes
        pa.field("rows", pa.int64(), nullable=False),  # of its Parquet file
    ]
)
"""One row per kind of job."""


@dataclass(frozen=True)
class Work:
    """The work of a computation. Works can be added and multiplied."""

    calls: float = 0.0
    """Operator calls. Their overhead limits small networks."""
    values: float = 0.0
    """Written numbers that belong to images. Memory bandwidth limits these."""
    flops: float = 0.0
    """Floating-point operations; a multiply-add counts as two."""
    photographs: float = 0.0
    """Large images that are decoded and transformed at random. Crops are kept, so they are free."""

    def __add__(self, other: Self) -> "Work":
        """Return the sum of both works."""
        return Work(
            self.calls + other.calls,
            self.values + other.values,
            self.flops + other.flops,
            self.photographs + other.photographs,
        )

    def __mul__(self, factor: float) -> "Work":
        """Return the work of `factor` such computations."""
        return Work(
            self.calls * factor,
            self.values * factor,
            self.flops * factor,
            self.photographs * factor,
        )


@dataclass(frozen=True)
class Size:
    """Size of one kind of job: work, checkpoint (bytes) and rows of its Parquet file."""

    work: Work
    checkpoint: int
    rows: int
    precision: str = "float32"
    """The precision in which it computes."""


def tabulated(sizes: Iterable[tuple[Key, Size]]) -> pa.Table:
    """Return the sizes as a table of `SCHEMA`."""
    rows: list[dict[str, Any]] = [
        {
            **dict(zip(COLUMNS, key, strict=True)),
            **asdict(size.work),
            "checkpoint": size.checkpoint,
            "rows": size.rows,
            "precision": size.precision,
        }
        for key, size in sizes
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def read_sizes(path: str) -> dict[Key, Size]:
    """Read the sizes that `tabulated` put into a table."""
    return {
        (row["kind"], row["dataset"], row["recipe"], row["network"]): Size(
            Work(row["calls"], row["values"], row["flops"], row["photographs"]),
            row["checkpoint"],
            row["rows"],
            row["precision"],
        )
        for row in read(path, SCHEMA).to_pylist()
    }
