"""Times and memory of steps, taken in turn in one process."""

import time
from collections.abc import Callable, Sequence
from statistics import median

import torch
from torch.profiler import ProfilerActivity, profile

MATRIX = 2048


def seconds(run: Callable[[], object], device: torch.device) -> float:
    """Return the CPU time of a call, or on a GPU the elapsed time until the GPU has finished."""
    if device.type == "cpu":
        start = time.process_time()
        run()
        return time.process_time() - start
    torch.cuda.synchronize(device)
    start = time.perf_counter()
    run()
    torch.cuda.synchronize(device)
    return time.perf_counter() - start


def alternated(
    runs: Sequence[Callable[[], object]], rounds: int, device: torch.device
) -> list[list[float]]:
    """Return the seconds of each in every round, after a round that does not count."""
    for run in runs:
        run()
    taken = [[seconds(run, device) for run in runs] for _ in range(rounds)]
    return [list(column) for column in zip(*taken, strict=True)]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median and the range."""
    middle, low, high = (
        f"{value:.{digits}f}" for value in (median(values), min(values), max(values))
    )
    return f"{middle} ({low} to {high})"


def matrix_peak(device: torch.device, side: int = MATRIX, rounds: int = 5) -> float:
    """Return the most operations per second of a float32 matrix product (side, side)."""
    left, right = (torch.randn(side, side, device=device) for _ in range(2))
    times = alternated([lambda: left @ right], rounds, device)[0]
    return 2 * side**3 / min(times)


def peak_bytes(run: Callable[[], object], device: torch.device) -> int:
    """Return how much more memory tensors have at once during a call than before it."""
    if device.type == "cuda":
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        run()
        return torch.cuda.max_memory_allocated(device) - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        run()
    events = profiled.profiler.kineto_results.events()  # type: ignore[union-attr]
    changes = sorted((e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]")
    now = highest = 0
    for _, change in changes:
        now += change
        highest = max(highest, now)
    return highest
