"""Time and disk space of finished searches and runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from naseval.budget.jobs import Job, Key
from naseval.errors import NasevalError
from naseval.records import provenance_of


@dataclass(frozen=True)
class Taken:
    """A finished job."""

    job: Job
    seconds: float
    """Time on its device, divided among those that shared it."""
    kind: str
    """Kind of the device: cpu, cuda or mps."""
    bytes: int
    """Size of its Parquet file."""


def finished(results: str | Path, jobs: Iterable[Job]) -> list[Taken]:
    """Return the finished jobs, i.e. those with an output file.

    Raise `NasevalError`, with the path, if a file cannot be read.
    """
    return [_taken(results, job) for job in jobs if Path(results, job.output).exists()]


def mean_seconds(taken: Iterable[Taken], kind: str) -> dict[Key, float]:
    """Return the mean time of finished jobs on one kind of device, in seconds, by their key."""
    groups: dict[Key, list[float]] = {}
    for done in taken:
        if done.kind == kind:
            groups.setdefault(done.job.key, []).append(done.seconds)
    return {key: sum(times) / len(times) for key, times in groups.items()}


def _taken(results: str | Path, job: Job) -> Taken:
    path = Path(results, job.records)
    try:
        rows = pq.read_table(path, columns=["seconds", "at_once"]).to_pylist()
        device = str(provenance_of(path).get("device", ""))
    except (pa.ArrowException, OSError) as error:
        raise NasevalError(
            f"{path} is not a readable Parquet file (truncated?); delete it and run again"
        ) from error
    seconds = sum(row["seconds"] / row.get("at_once", 1) for row in rows)
    return Taken(job, seconds, device.partition(":")[0], path.stat().st_size)
