"""Mean correlations of the outputs of a supernet's operations, by which StacNAS groups them."""

import pandas as pd
import pyarrow as pa

SCHEMA = pa.schema(
    [
        pa.field("cell", pa.int64(), nullable=False),  # counted from 0
        pa.field("kind", pa.string(), nullable=False),  # kind of cell: normal, reduce
        pa.field("edge", pa.int64(), nullable=False),  # counted from 0, node by node
        pa.field("one", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("grouped", pa.bool_(), nullable=False),  # whether StacNAS groups the two
        pa.field("correlation", pa.float64(), nullable=False),  # NaN if an output is constant
    ]
)
"""One row per cell, edge and pair of operations; `methods.stacnas` computes it."""


def operation_correlation(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the mean correlation of each pair of operations by kind of cell, and a sentence.

    `table` has the columns of `SCHEMA`. The result has one row per kind of cell and pair, in the
    order of `table`: `correlation` is the mean over the `n` edges of all cells of that kind, `low`
    and `high` are the minimum and the maximum, and `grouped` tells whether StacNAS groups the two.
    Undefined correlations are ignored.
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
