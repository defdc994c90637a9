"""How many operator calls and kernels a step has on a GPU, counted on the CPU.

Kernels are a lower bound: views and allocations have none, a batch normalisation has one, the
backward pass of a convolution one for each gradient that is wanted, and an operation on a list of
tensors one for every `CHUNK` of them.
"""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Any
from unittest.mock import patch

import torch
from benchmarks.bench.cases import Case, Size, built
from benchmarks.bench.document import table
from torch.utils._python_dispatch import TorchDispatchMode

from naseval.networks import depthwise

CHUNK = 110
"""Tensors that a kernel of `_foreach_…` takes (ATen/native/cuda/MultiTensorApply.cuh, depth 1)."""
ALLOCATIONS = {"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided"}
OTHER_VIEWS = {"_unsafe_view", "_reshape_alias"}
HEADER = ("step", "calls, plain", "calls, fast", "kernels, plain", "kernels, fast")
CPU = torch.device("cpu")


class Counts(TorchDispatchMode):
    """Counts what runs in its block, backward passes included."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.kernels = 0
        self.by_name: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls += 1
        self.kernels += kernels(func, args)
        self.by_name[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


def kernels(func: Any, args: Any) -> int:
    """Return how many kernels a call starts at least."""
    name = func.overloadpacket.__name__
    if func.is_view or name in ALLOCATIONS | OTHER_VIEWS:
        return 0
    if name == "convolution_backward":
        return sum(args[10][:2])
    if name.startswith("_foreach_"):
        return ceil(len(args[0]) / CHUNK)
    return 1


def counted(case: Case, *, plain: bool, size: Size) -> Counts:
    """Return the counts of a case's second step."""
    with patch.object(depthwise, "FAST_ON", ()):
        step = built(
            case, plain=plain, size=size, device=CPU, memory_format=torch.contiguous_format
        )
        for optimizer in vars(step.task).values():
            if isinstance(optimizer, torch.optim.Optimizer):
                for group in optimizer.param_groups:
                    group["foreach"] = True  # torch's default on a GPU
        step.run()
        with Counts() as counts:
            step.run()
    return counts


def counts_table(cases: Sequence[Case], size: Size) -> str:
    """Return the table of the cases; the number of images in a batch does not matter."""
    rows = []
    for case in cases:
        plain, fast = (counted(case, plain=plain, size=size) for plain in (True, False))
        numbers = (plain.calls, fast.calls, plain.kernels, fast.kernels)
        rows.append([case.label, *(f"{number:,}" for number in numbers)])
    return table(HEADER, rows)
