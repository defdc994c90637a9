"""The training device: choice, precision, memory and determinism."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from naseval.errors import NasevalError
from naseval.locking.lease import leased


@contextmanager
def held_device(name: str) -> Iterator[torch.device]:
    """Yield the device that `resolve_device` returns, and make it torch's current device.

    If `auto` could be any of several CUDA devices, take one that no other process holds through
    this function, and hold it until the block ends. If all are held, wait.
    """
    device = resolve_device(name)
    if device.type != "cuda":
        yield device
        return
    count = torch.cuda.device_count()
    if name != "auto" or count == 1:
        torch.cuda.set_device(device.index or 0)
        yield device
        return
    identities = [str(torch.cuda.get_device_properties(index).uuid) for index in range(count)]
    with leased(identities) as index:
        torch.cuda.set_device(index)
        yield torch.device("cuda", index)


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
