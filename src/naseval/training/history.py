"""The history rows of searches, one per epoch, and the check of all rows."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import torch

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.training.device import peak_memory
from naseval.training.metrics import averages
from naseval.training.side_by_side import at_once

Row = dict[str, Any]

PYTHON_TYPES = {
    pa.int64(): (int,),
    pa.float64(): (float, int),
    pa.string(): (str,),
    pa.bool_(): (bool,),
}
"""Python types of each column type. Numpy numbers and tensors are not allowed in rows."""


def history_row(
    epoch: int,
    device: torch.device,
    *,
    stage: int = 1,
    train: Mapping[str, float] | None = None,
    validation: Mapping[str, float] | None = None,
    genotype: Genotype | None = None,
    **columns: Any,
) -> Row:
    """Return a row of `schemas.HISTORY` without `seconds`, which the loop adds.

    Parameters
    ----------
    epoch : int
        Epoch of the stage, from 0 as in the loop; the row counts from 1.
    device : torch.device
        Device whose peak memory is stored.
    stage : int
        Stage of the search, from 1.
    train, validation : mapping, optional
        `images`, `loss` and `correct`, summed over the part's images.
    genotype : Genotype, optional
        Genotype that the search would return after this epoch.
    **columns
        Other columns of the schema, e.g. `learning_rate`, `entropy`.

    """
    row: Row = {"stage": stage, "epoch": epoch + 1}
    for part, totals in (("train", train), ("validation", validation)):
        if totals is not None:
            row |= averages(totals, part)
    row |= columns
    if genotype is not None:
        row["genotype"] = genotype.to_json()
    return row | {"peak_memory": peak_memory(device), "at_once": at_once()}


def check_row(row: Mapping[str, Any], schema: pa.Schema, task: object) -> None:
    """Raise `NasevalError`, with the task's class and the column, if a row does not fit the schema.

    A row must have all required columns, no column that the schema lacks, and values of the right
    types.
    """
    name = f"{type(task).__module__}.{type(task).__qualname__}.end"
    for column in row:
        if column not in schema.names:
            raise NasevalError(
                f"{name} returns a row with the column {column!r}, which is none of "
                f"{', '.join(schema.names)}; rename or remove it"
            )
    for field in schema:
        value = row.get(field.name)
        if value is None:
            if field.nullable:
                continue
            raise NasevalError(
                f"{name} returns a row without the column {field.name!r}, which every row needs; "
                "add it"
            )
        if type(value) not in PYTHON_TYPES[field.type]:
            raise NasevalError(
                f"{name} returns a row whose column {field.name!r} is of the type "
                f"{type(value).__name__}, not {field.type}; convert it"
            )
