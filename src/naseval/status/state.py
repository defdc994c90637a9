"""The state of every configured search and run, from its outputs, its lock and its log.

`naseval.training.progress` writes the lines of the logs.
"""

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from naseval.budget.jobs import Job
from naseval.locking.lock import EXPIRY, Owner

State = Literal["done", "running", "failed", "stopped", "waiting"]
STATES: tuple[State, ...] = ("done", "running", "failed", "stopped", "waiting")
"""Stopped: begun, and neither running nor ended in an error; it resumes when run again."""

EPOCH = re.compile(r"epoch (\d+)/(\d+): (.*); [\d.]+ s, (.+) to go$")
ACCURACY = re.compile(r"(?:test|validation)_accuracy ([\d.e+-]+)")
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
NO_FAULT = re.compile(r"interrupted |individual \d+: |.* is ignored: |.* waiting \d+ s ")
"""Last lines, other than an epoch's, of a training that stopped without a complaint."""
TAIL = 4096


@dataclass(frozen=True)
class Progress:
    """How far a training, or a stage of it, has come."""

    epoch: int
    epochs: int
    accuracy: float | None
    """Per cent, on test images of a run, on validation images of a search that validates."""
    left: str
    """Time to go, as `timedelta` writes it."""


def last_line(path: Path) -> str:
    """Return the last line of a log, without the time; empty where there is none."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return STAMP.sub("", lines[-1]) if lines else ""


def progress(line: str) -> Progress | None:
    """Return what an epoch's line says; None for another line."""
    found = EPOCH.search(line)
    if found is None:
        return None
    epoch, epochs, numbers, left = found.groups()
    accuracy = ACCURACY.search(numbers)
    return Progress(int(epoch), int(epochs), float(accuracy[1]) if accuracy else None, left)


def complains(line: str) -> bool:
    """Whether a training that ended with this line ended in an error."""
    return bool(line) and not (EPOCH.search(line) or NO_FAULT.match(line))


@dataclass(frozen=True)
class JobState:
    """The state of a job, as its files tell it."""

    job: Job
    state: State
    progress: Progress | None = None
    line: str = ""
    """The last of its log."""
    owner: str = ""
    """Who trains it."""


def job_states(results: str | Path, jobs: Sequence[Job]) -> dict[Job, JobState]:
    """Return the state of every job, each once.

    Outputs, logs and locks are listed folder by folder; only files of unfinished jobs are opened.
    """
    root = Path(results)
    there = {
        path
        for part in ("searches", "runs", "logs", "checkpoints")
        for path in _files(root / part, part)
    }
    now = time.time()
    return {job: _job_state(root, job, there, now) for job in dict.fromkeys(jobs)}


def _job_state(root: Path, job: Job, there: set[str], now: float) -> JobState:
    if job.output in there:
        return JobState(job, "done")
    if job.log not in there and job.lock not in there:
        return JobState(job, "waiting")
    line = _read(root / job.log)
    owner = _alive(root / job.lock, now) if job.lock in there else None
    if owner is not None:
        return JobState(job, "running", progress(line), line, owner)
    return JobState(job, "failed" if complains(line) else "stopped", progress(line), line)


def _alive(lock: Path, now: float) -> str | None:
    """Return who holds a lock; None where it has given no sign of life for too long."""
    try:
        touched = lock.stat().st_mtime
    except FileNotFoundError:  # released meanwhile
        return None
    return str(Owner.of(lock) or "unknown") if now - touched < EXPIRY else None


def _read(log: Path) -> str:
    try:
        return last_line(log)
    except FileNotFoundError:
        return ""


def _files(folder: Path, name: str) -> Iterator[str]:
    """Yield all files below a folder, by their paths below the results folder."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), f"{name}/{entry.name}")
        else:
            yield f"{name}/{entry.name}"
