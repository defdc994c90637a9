"""What surrounds a search or an augmentation: threads, device, lock and checkpoint."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from naseval.locking.lock import lock
from naseval.records import content_digest
from naseval.script import Job
from naseval.training.checkpoint import Checkpoint, fingerprint
from naseval.training.device import deterministic, held_device


@contextmanager
def computing(job: Job, threads: int) -> Iterator[torch.device]:
    """Set torch up for one process and give it its device; once per process."""
    torch.set_num_threads(threads)
    with held_device(job.resources["device"]) as device:
        deterministic(device)
        yield device


@dataclass(frozen=True)
class Session:
    """Where a training saves, and the facts for the provenance of what it writes."""

    checkpoint: Checkpoint
    facts: Mapping[str, Any]


@contextmanager
def session(
    job: Job,
    device: torch.device,
    settings: Mapping[str, Any],
    inputs: Iterable[str | Path],
    checkpoint: str | Path,
) -> Iterator[Session]:
    """Hold the lock of one training; where it ends well, its checkpoint is deleted.

    The checkpoint is of this code, these settings and the content of the inputs, but for the
    images themselves. Raises `NasevalError` where another process trains the same.
    """
    digests = {
        Path(file).name: content_digest(file)
        for file in inputs
        if not Path(file).name.startswith("images.")
    }
    mark = fingerprint(job.code["digest"], {"settings": settings, "inputs": digests})
    facts = {"device": str(device), "threads": torch.get_num_threads(), "inputs": digests}
    with lock(checkpoint):
        saved = Checkpoint(Path(checkpoint), mark)
        yield Session(saved, facts)
        saved.delete()
