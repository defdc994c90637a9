"""How much there is to compute, in units that no device knows the price of."""

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
        pa.field("checkpoint", pa.int64(), nullable=False),  # bytes
        pa.field("rows", pa.int64(), nullable=False),  # of its Parquet
    ]
)
"""One row per kind of job."""


@dataclass(frozen=True)
class Work:
    """What some computation does; sums and multiples are those of computations."""

    calls: float = 0.0
    """Operator calls, whose overhead bounds small networks."""
    values: float = 0.0
    """Numbers written that belong to images: what memory bandwidth bounds."""
    flops: float = 0.0
    """Floating-point operations, two for a multiplication and addition."""

    def __add__(self, other: Self) -> "Work":
        """Return the work of both."""
        return Work(self.calls + other.calls, self.values + other.values, self.flops + other.flops)

    def __mul__(self, factor: float) -> "Work":
        """Return the work of `factor` such computations."""
        return Work(self.calls * factor, self.values * factor, self.flops * factor)


@dataclass(frozen=True)
class Size:
    """One kind of job: its work, its checkpoint in bytes and the rows of its Parquet."""

    work: Work
    checkpoint: int
    rows: int


def tabulated(sizes: Iterable[tuple[Key, Size]]) -> pa.Table:
    """Return a table of `SCHEMA`."""
    rows: list[dict[str, Any]] = [
        {
            **dict(zip(COLUMNS, key, strict=True)),
            **asdict(size.work),
            "checkpoint": size.checkpoint,
            "rows": size.rows,
        }
        for key, size in sizes
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def read_sizes(path: str) -> dict[Key, Size]:
    """Return what `tabulated` was written from."""
    return {
        (row["kind"], row["dataset"], row["recipe"], row["network"]): Size(
            Work(row["calls"], row["values"], row["flops"]), row["checkpoint"], row["rows"]
        )
        for row in read(path, SCHEMA).to_pylist()
    }
