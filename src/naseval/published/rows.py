"""Builds rows of study tables from the authors' numbers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from naseval import records, schemas
from naseval.published.raw_arrays import Accuracies

SOURCE = "published"
UNSTATED_SEED = 0
"""The placeholder for seeds, which the authors' files do not state."""

Row = dict[str, Any]


def study_table(study: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return a study table (`schemas.STUDY`) of the published source."""
    common = {"source": SOURCE, "study": study, "seed": UNSTATED_SEED}
    return records.table(schemas.STUDY, [{**common, **row} for row in rows])


def best_row(run: Mapping[str, Any], accuracy: float) -> Row:
    """Return the row of a run of which only the best accuracy over epochs (per cent) is known."""
    return {**run, "reading": "best", "test_accuracy": float(accuracy)}


def curve_rows(curves: Accuracies, runs: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return one row per run and epoch of `curves`, accuracies in per cent, (runs, epochs)."""
    return [
        {**run, "reading": "epoch", "epoch": epoch, "test_accuracy": accuracy}
        for run, curve in zip(runs, curves.tolist(), strict=True)
        for epoch, accuracy in enumerate(curve, start=1)
    ]


def darts_run(genotype: str, protocol: str = "cda", **other: Any) -> Row:
    """Return the columns of a run of a random architecture of the DARTS space on CIFAR-10."""
    return {
        "dataset": "cifar10",
        "origin": "random",
        "space": "darts",
        "genotype": genotype,
        "protocol": protocol,
        **other,
    }
