"""Which operations of a supernet resemble each other (StacNAS's reason to group them)."""

import pandas as pd
import pyarrow as pa

SCHEMA = pa.schema(
    [
        pa.field("cell", pa.int64(), nullable=False),  # counted from 0
        pa.field("kind", pa.string(), nullable=False),  # of the cell: normal, reduce
        pa.field("edge", pa.int64(), nullable=False),  # counted from 0, node by node
        pa.field("one", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("grouped", pa.bool_(), nullable=False),  # whether StacNAS groups the two
        pa.field("correlation", pa.float64(), nullable=False),  # NaN where an output is constant
    ]
)
"""One row per cell, edge and pair of operations, of `diagnostics.operation_correlation`."""


def operation_correlation(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the mean correlation of each pair by kind of cell, and a sentence.

    One row per kind and pair, in the table's order: `correlation`, the mean over `n` edges of
    all cells of the kind, `low` and `high` its extremes, `grouped` as before. Undefined
    correlations are left out.
    """
    keys = ["kind", "one", "other", "grouped"]
    groups = table.dropna(subset=["correlation"]).groupby(keys, sort=False)["correlation"]
    data = groups.agg(correlation="mean", low="min", high="max", n="count").reset_index()
    within = data.loc[data["grouped"], "correlation"].mean()
    between = data.loc[~data["grouped"], "correlation"].mean()
    return data, (
        f"The mean correlation is {within:.2f} within StacNAS's groups "
        f"and {between:.2f} between them."
    )
