"""The time that unfinished jobs will take, from a few finished ones like them and from logs."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow.compute as pc

from naseval import records
from naseval.budget.jobs import Job, Key
from naseval.errors import NasevalError
from naseval.schemas import HISTORY, RUN
from naseval.status.state import JobState

SAMPLE = 3
"""How many finished jobs of a kind are read."""


@dataclass(frozen=True)
class Remaining:
    """What is left to do."""

    jobs: int
    """Jobs that are not done."""
    known: int
    """Those of them whose time is known, because one like them is finished, or from their log."""
    seconds: float
    """The time of these, one after the other."""
    running: int
    """Jobs that run now."""

    @property
    def text(self) -> str:
        """The time of the known jobs, in the format of `timedelta`."""
        return str(timedelta(seconds=round(self.seconds)))

    @property
    def at_this_pace(self) -> str:
        """The time of the known jobs if as many run at once as now; a dash if none runs."""
        return str(timedelta(seconds=round(self.seconds / self.running))) if self.running else "–"


def remaining(results: str | Path, seen: Mapping[Job, JobState]) -> Remaining:
    """Return what is left to do. Of each kind of job a few finished ones are read."""
    left = [one for one in seen.values() if one.state != "done"]
    kinds = {one.job.key for one in left}
    alike = [one.job for one in seen.values() if one.state == "done" and one.job.key in kinds]
    taken = _taken(Path(results), alike)
    seconds = [each for one in left if (each := _left(one, taken)) is not None]
    running = sum(one.state == "running" for one in left)
    return Remaining(len(left), len(seconds), sum(seconds), running)


def _taken(root: Path, done: list[Job]) -> dict[Key, float]:
    """Return the mean seconds of finished jobs of each kind."""
    kinds: dict[Key, list[Job]] = {}
    for job in done:
        kinds.setdefault(job.key, []).append(job)
    times = {
        key: [seconds for job in jobs[:SAMPLE] if (seconds := _seconds(root / job.records, job))]
        for key, jobs in kinds.items()
    }
    return {key: sum(known) / len(known) for key, known in times.items() if known}


def _seconds(path: Path, job: Job) -> float:
    """Return the time of a finished job; 0 if its file is damaged, which `verify` tells."""
    with suppress(NasevalError):
        content = records.read(path, HISTORY if job.kind == "search" else RUN)
        return float(pc.sum(content["seconds"]).as_py() or 0.0)
    return 0.0


def _left(one: JobState, taken: Mapping[Key, float]) -> float | None:
    """Return the seconds that a job still takes; None if that is not known."""
    at, whole = one.progress, taken.get(one.job.key)
    if at is None:
        return whole
    if one.job.kind == "search":  # its epochs are those of a stage, its time that of all stages
        return at.left.total_seconds()
    return at.seconds * (at.epochs - at.epoch)
