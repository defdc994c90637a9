"""The training device: choice, precision, memory and determinism."""

import os
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

import torch

from naseval.errors import NasevalError
from naseval.locking.gpus import OWN_CHOICE, VISIBLE, Gpu, allotted, visible_gpus
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
    slurms = len(gpus) == 1 and "SLURM_JOB_ID" in os.environ
    if name != "auto" or slurms or not gpus:
        yield gpus[int(index or 0)] if int(index or 0) < len(gpus) else None
        return
    with leased([gpu.uuid for gpu in gpus], slots=slots, wanted=wanted) as place:
        gpu = gpus[place]
        variables = [VISIBLE] if allotted(os.environ) else [VISIBLE, OWN_CHOICE]
        with _environment(dict.fromkeys(variables, gpu.uuid)):
            yield gpu


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.pop(name) for name in variables if name in os.environ}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
        os.environ.update(before)


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
    is unknown, if the machine has no such device, or if `auto` would be another device although a
    GPU was allotted.
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
    if sign := allotted(os.environ):
        raise NasevalError(
            f"{sign} says that a GPU was allotted, but torch finds none; mend the driver or "
            "torch's build (docs/cluster.md, GPUs), or set resources.device to cpu"
        )
    return "mps" if torch.backends.mps.is_available() else "cpu"


def deterministic(device: torch.device) -> None:
    """Make computations on the device reproducible bit by bit. torch warns if this is impossible.

    Call this function before the first work on the device, because cuBLAS reads its workspace size
    only once. In this mode torch would also fill every new tensor with NaN, a kernel each, so that
    a read before the first write shows. Nothing here reads a tensor before that.
    """
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


@contextmanager
def arithmetic(precision: str) -> Iterator[None]:
    """Use TF32 in the block if `precision` is `tf32`, else not, though torch does in cuDNN.

    TF32 rounds the inputs of convolutions, matrix products and recurrent layers to 10 bits of
    mantissa, in forward and backward passes. Only CUDA devices do so; the CPU computes `tf32` in
    float32.
    """
    # torch's newer fp32_precision makes reading these flags an error, and other code reads them.
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, cudnn.allow_tf32
    try:
        matmul.allow_tf32 = cudnn.allow_tf32 = precision == "tf32"
        yield
    finally:
        matmul.allow_tf32, cudnn.allow_tf32 = before


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Return the context of a forward pass: autocast if `precision` is `bfloat16`.

    A backward pass repeats the precision of its forward pass. `arithmetic` is for both passes.
    """
    if precision != "bfloat16":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


CLEAR_REFS = Path("/proc/self/clear_refs")  # Linux, see man 5 proc
RESET_PEAK = "5"


def reset_peak_memory() -> None:
    """Let `peak_memory` start again, from what is in use now.

    Where the system cannot forget the peak of main memory (macOS, some containers), that of the
    whole process goes on to count.
    """
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.reset_peak_memory_stats()
    with suppress(OSError):
        CLEAR_REFS.write_text(RESET_PEAK, encoding="ascii")


def peak_memory(device: torch.device) -> int:
    """Return the peak since `reset_peak_memory` in bytes: GPU memory on CUDA, else main memory."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB
