"""The state of every configured search and run, read from its outputs, its lock and its log.

`naseval.training.progress` writes the log lines that this module parses.
"""

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from naseval.budget.jobs import Job
from naseval.locking.lock import EXPIRY, Owner

State = Literal["done", "running", "failed", "stopped", "waiting"]
STATES: tuple[State, ...] = ("done", "running", "failed", "stopped", "waiting")
"""A stopped job was interrupted without an error; it resumes if it is run again. One that waits has
not begun, or waits for a device."""

EPOCH = re.compile(r"epoch (\d+)/(\d+): (.*); ([\d.]+) s, (.+) to go$")
LEFT = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")
ACCURACY = re.compile(r"(?:test|validation)_accuracy ([\d.e+-]+)")
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
NO_DEVICE = re.compile(r"all \d+ devices are taken; waiting ")
"""What `naseval.locking.lease` logs."""
NO_FAULT = re.compile(
    rf"interrupted |candidate \d+|.* is ignored: |.* waiting \d+ s |{NO_DEVICE.pattern}"
)
"""Last log lines, other than those of epochs, that do not mean an error."""
TAIL = 4096
"""The number of bytes at the end of a log that are read."""


@dataclass(frozen=True)
class Progress:
    """The progress of a training or of one of its stages."""

    epoch: int
    epochs: int
    accuracy: float | None
    """Per cent of the test images (run) or validation images (search); None if not evaluated."""
    seconds: float
    """The time of the last epoch."""
    left: timedelta
    """The estimated remaining time of the job: of later stages, and of runs that follow it, too."""


def last_line(path: Path) -> str:
    """Return the last line of a log without its time stamp; empty for an empty log."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return STAMP.sub("", lines[-1]) if lines else ""


def progress(line: str) -> Progress | None:
    """Parse the log line of an epoch; return None for any other line."""
    found = EPOCH.search(line)
    if found is None:
        return None
    epoch, epochs, numbers, seconds, left = found.groups()
    accuracy, parts = ACCURACY.search(numbers), LEFT.fullmatch(left)
    if parts is None:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in parts.groups())
    return Progress(
        int(epoch),
        int(epochs),
        float(accuracy[1]) if accuracy else None,
        float(seconds),
        timedelta(days=days, hours=hours, minutes=minutes, seconds=rest),
    )


def complains(line: str) -> bool:
    """Tell whether a training whose log ends with this line ended in an error."""
    return bool(line) and not (EPOCH.search(line) or NO_FAULT.match(line))


@dataclass(frozen=True)
class JobState:
    """The state of a job."""

    job: Job
    state: State
    progress: Progress | None = None
    line: str = ""
    """The last line of its log."""
    owner: str = ""
    """The process that trains it, as its lock names it."""


def job_states(results: str | Path, jobs: Sequence[Job]) -> dict[Job, JobState]:
    """Return the state of every distinct job.

    Folders are listed once instead of testing each file; only logs and locks of unfinished jobs are
    opened.
    """
    root = Path(results)
    there = {
        path
        for part in ("searches", "scored", "runs", "logs", "checkpoints")
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
    if NO_DEVICE.match(line):
        return JobState(job, "waiting", line=line)
    return JobState(job, "failed" if complains(line) else "stopped", progress(line), line)


def _alive(lock: Path, now: float) -> str | None:
    """Return the owner of a lock; None if the lock has expired or was released."""
    try:
        touched = lock.stat().st_mtime
    except FileNotFoundError:  # released in the meantime
        return None
    return str(Owner.of(lock) or "unknown") if now - touched < EXPIRY else None


def _read(log: Path) -> str:
    try:
        return last_line(log)
    except FileNotFoundError:
        return ""


def _files(folder: Path, name: str) -> Iterator[str]:
    """Yield the paths of all files below `folder`, with `name` in its place."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), f"{name}/{entry.name}")
        else:
            yield f"{name}/{entry.name}"
