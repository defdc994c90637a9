"""Runs all searches of a method on a table; each looks trainings up instead of running them."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from naseval.errors import NasevalError
from naseval.methods import get_algorithm
from naseval.randomness import stream
from naseval.recorded.plan import Job
from naseval.recorded.view import ScoresView, Table, View

SEARCHES = pa.schema(
    [
        pa.field("seed", pa.int64(), nullable=False),
        pa.field("genotype", pa.string(), nullable=False),  # the architecture that was chosen
        pa.field("reported", pa.float64(), nullable=False),  # per cent; one unseen training
        pa.field("truth", pa.float64(), nullable=False),  # per cent; mean of the unseen trainings
        pa.field("best", pa.float64()),  # per cent; highest over the epochs, if they are known
        pa.field("cost", pa.float64()),  # what the search paid, if it is known
        pa.field("unit", pa.string(), nullable=False),  # trainings, epochs, seconds
    ]
)
"""One row per search of a method on a table."""


def read_table(name: str, folder: str | Path, facts: Mapping[str, Any]) -> Table:
    """Return the table with this name from the folder that holds its files.

    `facts` are those of `Facts.expected`. Raise `NasevalError` if a file is missing or
    damaged, or is not what the facts say.
    """
    table: Table = import_module(f"naseval.recorded.tables.{name}").read(Path(folder))
    if {"architectures": len(table.names), "scores": sorted(table.scores)} != facts:
        raise NasevalError(
            f"the table {name} has {len(table.names)} architectures with the scores "
            f"{', '.join(table.scores) or 'none'}; correct the facts in {name}.yaml or fetch its "
            "files again"
        )
    return table


def run_searches(table: Table, job: Job, searches: int) -> pa.Table:
    """Return the results (`SEARCHES`) of so many searches, with the seeds 0, 1, …"""
    rows = [_search(table, job, seed) for seed in range(searches)]
    return pa.Table.from_pylist(rows, schema=SEARCHES)


def _search(table: Table, job: Job, seed: int) -> dict[str, Any]:
    algorithm = get_algorithm(job.algorithm)
    settings = algorithm.Settings(**job.settings)
    view = table.trainings.view(_stream(job, seed, "trainings"))
    seen: View | ScoresView = view
    if "scores" in algorithm.NEEDS:
        seen = ScoresView(table.scores[settings.score])
    chosen = algorithm.search(table.space, seen.evaluate, settings, _stream(job, seed, "search"))
    found = {"seed": seed, "genotype": table.names[chosen], "cost": seen.cost, "unit": seen.unit}
    return found | view.outcome(chosen)._asdict()


def _stream(job: Job, seed: int, purpose: str) -> np.random.Generator:
    return stream("recorded", job.benchmark, job.method, seed, purpose)
