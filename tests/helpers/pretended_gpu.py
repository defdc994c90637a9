"""A device without values that stands for a GPU, and shows where a program waits for it.

torch's device `meta` takes the place of the GPU: like on a GPU, operators only need shapes to go
on, and what needs a value must wait. Here such a value is made up, and the wait is noted.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

import naseval
from naseval.data.training_data import TrainingData
from naseval.training.history import Row
from naseval.training.loop import EpochTask, SavedStage
from naseval.training.metrics import accumulate, to_floats

GPU = torch.device("meta")
HERE = Path(naseval.__file__).parent
aten = torch.ops.aten


class _Generator(torch.Generator):
    """A generator of the CPU for `meta` too, which has none of its own."""

    def __new__(cls, *_device: Any) -> Any:
        return super().__new__(cls)


def on_gpu(data: TrainingData) -> TrainingData:
    """Return the data with its images on the pretended GPU."""
    return replace(data, parts={name: part.to(GPU) for name, part in data.parts.items()})


class Waits:
    """What waited for the pretended GPU while it was watched, with the line of naseval."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._watched = False

    @contextmanager
    def pretended(self) -> Iterator[None]:
        """Give made-up values, so that a whole search or training can run."""
        with _Functions(self), _Operators(self), patch.object(torch, "Generator", _Generator):
            yield

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note the waits of the block."""
        self._watched = True
        try:
            yield
        finally:
            self._watched = False

    def note(self, what: str) -> None:
        """Note a wait."""
        if self._watched:
            stack = traceback.extract_stack()
            own = [frame for frame in stack if Path(frame.filename).is_relative_to(HERE)]
            place = f"{Path(own[-1].filename).relative_to(HERE)}: {own[-1].line}" if own else "test"
            self.seen.append(f"{place}: {what}")


@dataclass
class _Functions(TorchFunctionMode):
    """Sees tensors made of Python's numbers, which no operator shows: also a list as index."""

    waits: Waits

    def __torch_function__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in (torch.tensor, torch.as_tensor) and str(kwargs.get("device")) == GPU.type:
            self.waits.note("a copy of numbers to the GPU")
        if func in (Tensor.__getitem__, Tensor.__setitem__) and _on(GPU, args[0]):
            indices = args[1] if isinstance(args[1], tuple) else (args[1],)
            if any(isinstance(index, list | np.ndarray) for index in indices):
                self.waits.note("a list as index")
        return func(*args, **kwargs)


class _Operators(TorchDispatchMode):
    """Sees all operators, those of backward passes too."""

    def __init__(self, waits: Waits) -> None:
        super().__init__()
        self.waits = waits

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        match func.overloadpacket:
            case aten._local_scalar_dense if _on(GPU, args[0]):
                self.waits.note("a number is read")
                return torch.ones((), dtype=args[0].dtype).item()
            case aten._to_copy if _on(GPU, args[0]) and str(kwargs.get("device")) == "cpu":
                self.waits.note("a copy to main memory")
                return torch.zeros(args[0].shape, dtype=kwargs.get("dtype") or args[0].dtype)
            case aten._to_copy if kwargs.get("device") == GPU and not _on(GPU, args[0]):
                if not kwargs.get("non_blocking"):
                    self.waits.note("a copy to the GPU")
            case aten.copy_ if args[0].device != args[1].device:
                self.waits.note("a copy between the devices")
            case aten.index | aten.index_put | aten.index_put_ if _on(GPU, args[0]):
                indices = [index for index in args[1] if index is not None]
                if not all(_on(GPU, index) for index in indices):
                    self.waits.note("indices from main memory")
                if any(index.dtype in (torch.bool, torch.uint8) for index in indices):
                    self.waits.note("a mask as index")
            case aten.nonzero | aten.masked_select if _on(GPU, args[0]):
                self.waits.note(str(func))
        return func(*args, **kwargs)


def _on(device: torch.device, value: Any) -> bool:
    return isinstance(value, Tensor) and value.device == device


class EnoughError(Exception):
    """The stages that were asked for have run."""


class WatchedLoop:
    """A `Loop` that runs the first and the last step of each of `stages` stages and watches them.

    `waits` has what each of these steps waited for.
    """

    def __init__(self, waits: Waits, stages: int) -> None:
        self.watch, self.stages = waits, stages
        self.waits: list[list[str]] = []

    def saved_stage(self) -> SavedStage:
        """Return the first stage."""
        return SavedStage(1, None, [])

    def run(
        self,
        task: EpochTask,
        *,
        epochs: int,
        steps: int,
        stage: int = 1,
        rows: Any = None,
        **_options: Any,
    ) -> list[Row]:
        """Run two steps, and as much of the epoch's end as the search needs to go on."""
        totals: dict[str, Any] = {}
        for step in (0, steps - 1):
            task.begin(epochs - 1)
            self.watch.seen = []
            with self.watch.watched():
                accumulate(totals, task.step(epochs - 1, step))
            self.waits.append(self.watch.seen)
        if stage == self.stages:
            raise EnoughError
        row = task.end(epochs - 1, {**to_floats(totals), "seconds": 1.0}) | {"seconds": 1.0}
        return [*(rows or []), *[row] * epochs]
