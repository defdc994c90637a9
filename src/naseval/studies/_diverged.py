"""What a study makes of a run that diverged, as its setting `diverged` says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from naseval.errors import NasevalError
from naseval.schemas import RUN, STUDY
from naseval.settings.base import WhenDiverged

ROWS = pa.schema([field for field in STUDY if field.name in {*RUN.names, "diverged"}])
"""The columns of a study's table that vary over the rows of a run, and `diverged`."""


def rows_in_study(
    curve: pa.Table, made: Mapping[str, Any], path: Path, study: str, decision: WhenDiverged
) -> pa.Table:
    """Return the rows (`ROWS`) that stand for a run in a study's table.

    `curve` has the run's finite epochs (`schemas.RUN`), `made` is its provenance and `path` its
    file. Raise `NasevalError` if the run diverged and `decision` is `stop`.
    """
    epoch = made.get("diverged_in_epoch")
    if epoch is None:
        columns = curve.select([name for name in ROWS.names if name != "diverged"])
        known = columns.append_column("diverged", pa.repeat(False, len(curve)))
        return known.select(ROWS.names).cast(ROWS)
    if decision == "stop":
        raise NasevalError(
            f"{path} has diverged in epoch {epoch} (its loss was infinite or not a number); set "
            f"studies.{study}.diverged to `leave out` or `chance`, or lower the learning rate of "
            "its protocol"
        )
    if decision == "leave out":
        return _table([{"epoch": epoch}])
    guess = 100 / made["settings"]["dataset"]["classes"]
    epochs = range(1, made["settings"]["protocol"]["epochs"] + 1)
    return _table([{"epoch": epoch, "test_accuracy": guess} for epoch in epochs])


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row | {"diverged": True} for row in rows], schema=ROWS)
