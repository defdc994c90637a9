"""What finished searches and runs took."""

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
    kind: str
    """cpu, cuda or mps: what it was computed on."""
    bytes: int
    """Of its Parquet."""


def finished(results: str | Path, jobs: Iterable[Job]) -> list[Taken]:
    """Return the jobs whose output is there.

    Raises `NasevalError` that names a file that cannot be read.
    """
    return [_taken(results, job) for job in jobs if Path(results, job.output).exists()]


def mean_seconds(taken: Iterable[Taken], kind: str) -> dict[Key, float]:
    """Return the mean time of finished jobs by what they have in common, on one kind of device."""
    groups: dict[Key, list[float]] = {}
    for done in taken:
        if done.kind == kind:
            groups.setdefault(done.job.key, []).append(done.seconds)
    return {key: sum(times) / len(times) for key, times in groups.items()}


def _taken(results: str | Path, job: Job) -> Taken:
    path = Path(results, job.records)
    try:
        seconds = sum(pq.read_table(path, columns=["seconds"])["seconds"].to_pylist())
        device = str(provenance_of(path).get("device", ""))
    except (pa.ArrowException, OSError) as error:
        raise NasevalError(
            f"{path} is not a readable Parquet file (truncated?); delete it and run again"
        ) from error
    return Taken(job, seconds, device.partition(":")[0], path.stat().st_size)
