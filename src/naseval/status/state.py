"""The state of every configured search and run."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from naseval.budget.jobs import Job
from naseval.locking.lock import EXPIRY, Owner
from naseval.status.log import Progress, complains, last_line, progress

State = Literal["done", "running", "failed", "stopped", "waiting"]
STATES: tuple[State, ...] = ("done", "running", "failed", "stopped", "waiting")
"""Stopped: begun, and neither running nor ended in an error; it resumes when run again."""


@dataclass(frozen=True)
class Seen:
    """A job and what its files say of it."""

    job: Job
    state: State
    progress: Progress | None = None
    line: str = ""
    """The last of its log."""
    owner: str = ""
    """Who trains it."""


def look(results: str | Path, jobs: Sequence[Job]) -> dict[Job, Seen]:
    """Return the state of every job, each once.

    Outputs, logs and locks are listed folder by folder; opened is only what is unfinished.
    """
    root = Path(results)
    there = {
        path
        for part in ("searches", "runs", "logs", "checkpoints")
        for path in _files(root / part, part)
    }
    now = time.time()
    return {job: _seen(root, job, there, now) for job in dict.fromkeys(jobs)}


def _seen(root: Path, job: Job, there: set[str], now: float) -> Seen:
    if job.output in there:
        return Seen(job, "done")
    if job.log not in there and job.lock not in there:
        return Seen(job, "waiting")
    line = _read(root / job.log)
    owner = _alive(root / job.lock, now) if job.lock in there else None
    if owner is not None:
        return Seen(job, "running", progress(line), line, owner)
    return Seen(job, "failed" if complains(line) else "stopped", progress(line), line)


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
