"""What surrounds a search or an augmentation: threads, device, lock and checkpoint."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from naseval.job import Job
from naseval.records import content_digest
from naseval.training.checkpoint import Checkpoint, fingerprint
from naseval.training.device import deterministic, resolve_device
from naseval.training.lock import lock


@dataclass(frozen=True)
class Session:
    """Where a training computes and where it saves."""

    device: torch.device
    checkpoint: Checkpoint
    facts: Mapping[str, Any]
    """For the provenance of what it writes."""


@contextmanager
def session(job: Job, snakemake: Any) -> Iterator[Session]:
    """Set torch up and hold the lock of this training; at the end its checkpoint is deleted.

    The checkpoint is of this code, these settings and the content of the inputs, but for the
    images themselves. Raises `NasevalError` where another process trains the same.
    """
    torch.set_num_threads(snakemake.threads)
    device = resolve_device(job.resources["device"])
    deterministic(device)
    inputs = {
        Path(file).name: content_digest(file)
        for file in snakemake.input
        if not Path(file).name.startswith("images.")
    }
    path = Path(snakemake.params.checkpoint)
    mark = fingerprint(job.code["digest"], {"settings": job.settings, "inputs": inputs})
    with lock(path):
        checkpoint = Checkpoint(path, mark)
        facts = {"device": str(device), "threads": snakemake.threads, "inputs": inputs}
        yield Session(device, checkpoint, facts)
        checkpoint.delete()
