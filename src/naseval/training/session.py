"""Context of a search or augmentation: threads, device, lock and checkpoint."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from naseval.data.image_cache import caching
from naseval.data.prefetch import ending_workers
from naseval.locking.lock import lock
from naseval.records import content_digest
from naseval.script import ScriptRun, import_planned
from naseval.training.builds import check_build
from naseval.training.checkpoint import Checkpoint, fingerprint
from naseval.training.device import deterministic, held_device
from naseval.training.loop import EpochLoop


@contextmanager
def computing(script: ScriptRun, threads: int) -> Iterator[torch.device]:
    """Import the planned code, configure torch, hold and yield the device. Once per process."""
    import_planned(script)
    with held_device(script.resources["device"]) as device, configured(script, device, threads):
        yield device


@contextmanager
def configured(script: ScriptRun, device: torch.device, threads: int) -> Iterator[None]:
    """Configure torch and the preparation of images for trainings on the device.

    Of the job's `threads` torch gets as many as the configuration says; the rest is for workers.
    Raise `NasevalError` if torch's build has no code for the device.
    """
    resources = script.resources
    torch.set_num_threads(min(threads, resources["threads"]))
    check_build(device)
    deterministic(device)
    with caching(resources["image_cache_mb"]), ending_workers():
        yield


@dataclass(frozen=True)
class Session:
    """The loop of a training, and facts for the provenance of its results."""

    loop: EpochLoop
    facts: Mapping[str, Any]


@contextmanager
def session(
    script: ScriptRun,
    device: torch.device,
    settings: Mapping[str, Any],
    inputs: Iterable[str | Path],
    checkpoint: str | Path,
    ahead: int = 0,
) -> Iterator[Session]:
    """Hold the lock of one training, whose checkpoint its job deletes once it is done.

    The trainings that the job does after it have `ahead` epochs.

    A checkpoint is resumed only if code, settings and the content of the inputs (except the images)
    are unchanged. Its path does not count, so that the results folder may be renamed. Raise
    `NasevalError` if another process holds the lock.
    """
    counted = {key: value for key, value in settings.items() if key != "checkpoint"}
    digests = {
        Path(file).name: content_digest(file)
        for file in inputs
        if not Path(file).name.startswith("images.")
    }
    mark = fingerprint(script.code["digest"], {"settings": counted, "inputs": digests})
    facts = {"device": str(device), "threads": torch.get_num_threads(), "inputs": digests}
    with lock(checkpoint):
        yield Session(EpochLoop(Checkpoint(Path(checkpoint), mark), ahead=ahead), facts)
