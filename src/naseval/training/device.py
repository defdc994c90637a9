"""The training device: choice, precision, memory and determinism."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from naseval.errors import NasevalError
from naseval.locking.gpus import Gpu, visible_gpus
from naseval.locking.lease import leased


@contextmanager
def held_device(name: str) -> Iterator[torch.device]:
    """Yield the device that `current_device` returns, held as by `held_gpu`."""
    with held_gpu(name):
        yield current_device(name)


@contextmanager
def held_gpu(name: str, *, slots: int = 1, wanted: int = 1) -> Iterator[Gpu | None]:
    """Yield the GPU that this process and its children will use; None if there is none.

    For `auto`, take a GPU or MIG instance with `wanted` of `slots` places free, make it the only
    visible one, and hold the places until the block ends (see `leased`); if there is none, wait. A
    named device is not held, nor a single one that SLURM allotted. CUDA must not have been used
    before, and is not used here, so that children may be forked.
    """
    named, _, index = name.partition(":")
    known = named in ("auto", "cuda") and torch.backends.cuda.is_built()
    gpus = visible_gpus() if known else []
    allotted = len(gpus) == 1 and "SLURM_JOB_ID" in os.environ
    if name != "auto" or allotted or not gpus:
        yield gpus[int(index or 0)] if int(index or 0) < len(gpus) else None
        return
    before = os.environ.get("CUDA_VISIBLE_DEVICES")
    with leased([gpu.uuid for gpu in gpus], slots=slots, wanted=wanted) as place:
        os.environ["CUDA_VISIBLE_DEVICES"] = gpus[place].uuid
        try:
            yield gpus[place]
        finally:
            del os.environ["CUDA_VISIBLE_DEVICES"]
            if before is not None:
                os.environ["CUDA_VISIBLE_DEVICES"] = before


def current_device(name: str) -> torch.device:
    """Return the device that `resolve_device` returns, made torch's current device."""
    device = resolve_device(name)
    if device.type == "cuda":
        if name == "auto" and (count := torch.cuda.device_count()) > 1:
            raise NasevalError(
                f"{count} GPUs are visible, and there is no nvidia-smi by which trainings share "
                "them out; set CUDA_VISIBLE_DEVICES to one, or resources.device to cuda:N"
            )
        torch.cuda.set_device(device.index or 0)
    return device


def resolve_device(name: str) -> torch.device:
    """Return the device for `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.

    `auto` means CUDA if it is available, else MPS, else the CPU. Raise `NasevalError` if the name
    is unknown or the machine has no such device.
    """
    if name == "auto":
        name = _best()
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda", "mps"):
        raise NasevalError(f"device {name!r} is unknown; choose auto, cpu, cuda, cuda:N or mps")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        raise NasevalError(
            f"device {name!r} is not available ({count} CUDA devices are visible); "
            "choose another device, or auto"
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise NasevalError("device 'mps' is not available; choose another device, or auto")
    return device


def _best() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def deterministic(device: torch.device) -> None:
    """Make computations on the device reproducible bit by bit. torch warns if this is impossible.

    Call this function before the first work on the device, because cuBLAS reads its workspace size
    only once.
    """
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """Return the autocast context for a forward pass in `float32` or `bfloat16`."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def peak_memory(device: torch.device) -> int:
    """Return the peak memory of this process in bytes: GPU memory on CUDA, else main memory."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB
