"""Time and disk space of finished searches and runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from naseval.budget.jobs import Job, Key
from naseval.records import provenance_in, read
from naseval.schemas import HISTORY, RUN


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
    diverged: bool = False
    """Whether it ended before its last epoch, because it diverged."""


def finished(results: str | Path, jobs: Iterable[Job]) -> list[Taken]:
    """Return the finished jobs, i.e. those with an output file.

    Raise `NasevalError`, with the path, if a file cannot be read.
    """
    return [_taken(results, job) for job in jobs if Path(results, job.output).exists()]


def mean_seconds(taken: Iterable[Taken], kind: str) -> dict[Key, float]:
    """Return the mean time of finished jobs on one kind of device, in seconds, by their key.

    Runs that diverged do not count, because they took less time.
    """
    groups: dict[Key, list[float]] = {}
    for done in taken:
        if done.kind == kind and not done.diverged:
            groups.setdefault(done.job.key, []).append(done.seconds)
    return {key: sum(times) / len(times) for key, times in groups.items()}


def _taken(results: str | Path, job: Job) -> Taken:
    path = Path(results, job.records)
    content = read(path, HISTORY if job.kind == "search" else RUN)
    made = provenance_in(content)
    rows = content.select(["seconds", "at_once"]).to_pylist()
    seconds = sum(row["seconds"] / row["at_once"] for row in rows)
    kind = str(made.get("device", "")).partition(":")[0]
    return Taken(job, seconds, kind, path.stat().st_size, "diverged_in_epoch" in made)
