"""A training rehearsed: a few steps on two images each stand for all of it.

The real code runs, whatever the method, with two things replaced: the images, by as few as
batch normalisation can do with, and the loop, by one that does a few steps of each loop and
notes what all of them would do.
"""

import math
import sys
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from unittest.mock import patch

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from naseval.budget.work import Work
from naseval.settings.dataset import ImageSettings
from naseval.training.checkpoint import Stateful
from naseval.training.loop import EpochTask, Row, run_epochs
from naseval.training.metrics import add, floats

T = TypeVar("T")

GIVEN = 2
"""Images in a batch: one has no variance where maps are of 1×1 pixels."""


class Meter:
    """Counts what actions do, as if their batches were whole."""

    def __init__(self) -> None:
        self._asked: list[tuple[int, int]] = []

    def note(self, images: int, batches: int) -> None:
        """Note that the two images just given stand for `images` in so many batches."""
        self._asked.append((images, batches))

    def measured(self, action: Callable[[], T]) -> tuple[T, Work]:
        """Run `action`; return its result and its work."""
        self._asked.clear()
        with _Seen() as seen:
            result = action()
        given = len(self._asked) or 1
        images = sum(images for images, _ in self._asked) / (given * GIVEN) or 1.0
        batches = sum(batches for _, batches in self._asked) / given or 1.0
        return result, Work(seen.calls * batches, seen.values * images, seen.flops * images)


def _convolution_backward(
    gradient: Tensor, _input: Tensor, weight: Tensor, *_rest: Any, out_val: Any
) -> int:
    """Return the operations of a convolution's gradients, each as many as of the convolution.

    torch's own count takes those of grouped weights for full ones.
    """
    wanted = sum(value is not None for value in out_val[:2])
    return 2 * gradient.numel() * weight[0].numel() * wanted


FLOPS = {**flop_registry, torch.ops.aten.convolution_backward: _convolution_backward}


class _Seen(TorchDispatchMode):
    """Counts operator calls, their floating-point operations, and the values of images written."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.values = self.flops = 0

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        written = func(*args, **(kwargs or {}))
        self.calls += 1
        if formula := FLOPS.get(func.overloadpacket):
            self.flops += formula(*args, **(kwargs or {}), out_val=written)
        for value in written if isinstance(written, tuple | list) else (written,):
            if isinstance(value, Tensor) and value.dim() > 1 and len(value) == GIVEN:
                self.values += value.numel()
        return written


@dataclass(frozen=True)
class ThinData:
    """Noise in the place of `SearchData` or `AugmentationData`, of as many images as `sizes` say.

    `sizes` has the number of images of each part.
    """

    dataset: ImageSettings
    sizes: Mapping[str, int]
    meter: Meter
    workers: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def classes(self) -> int:
        """The number of classes."""
        return self.dataset.classes

    def batches(
        self, part: str, *, batch_size: int, shuffle: bool | None = None, **_transform: Any
    ) -> "ThinBatches":
        """Return batches of a part; those in the images' own order are a pass over all of it."""
        whole = part == "test" if shuffle is None else not shuffle
        return ThinBatches(self, self.sizes[part], batch_size, whole)


@dataclass(frozen=True)
class ThinBatches:
    """Batches of two images; one stands for a pass over all images if `whole`."""

    data: ThinData
    images: int
    batch_size: int
    whole: bool

    def __len__(self) -> int:
        """Return the steps of an epoch."""
        return 1 if self.whole else self._count

    def at(self, _epoch: int, step: int) -> tuple[Tensor, Tensor]:
        """Return images (2, 3, S, S) and labels (2), and note what they stand for."""
        left = self.images - step * self.batch_size
        if self.whole:
            self.data.meter.note(self.images, self._count)
        else:
            self.data.meter.note(min(self.batch_size, left), 1)
        side = self.data.dataset.image_size
        labels = torch.arange(GIVEN) % self.data.classes
        return torch.randn(GIVEN, 3, side, side), labels

    @property
    def _count(self) -> int:
        return -(-self.images // self.batch_size)


class Rehearsal:
    """The loop that does `samples` steps, spread over epochs and steps, in the place of all."""

    def __init__(self, meter: Meter, samples: int) -> None:
        self.meter, self.samples = meter, samples
        self.work = Work()
        self.checkpoint = 0
        """Bytes of the largest."""

    @contextmanager
    def loops(self) -> Iterator[None]:
        """Within, every loop of an imported search or augmentation is this one."""
        users = [
            module
            for name, module in list(sys.modules.items())
            if name.startswith("naseval.") and vars(module).get("run_epochs") is run_epochs
        ]
        with ExitStack() as stack:
            for module in users:
                stack.enter_context(patch.object(module, "run_epochs", self.run_epochs))
            yield

    def run_epochs(
        self,
        task: EpochTask,
        *,
        epochs: int,
        steps: int,
        parts: Mapping[str, Stateful],
        rows: list[Row] | None = None,
        **_rest: Any,
    ) -> list[Row]:
        """Do as `naseval.training.loop.run_epochs` would, but for the epochs between."""
        steps_done = _Steps(task, self.meter, epochs, steps)
        self.work += steps_done.work(self.samples)
        summed = {**floats(steps_done.totals), "seconds": 1.0}
        row, first = self.meter.measured(lambda: task.end(0, summed))
        # What the last epoch alone does, such as a final validation, is counted once.
        last_row, last = self.meter.measured(lambda: task.end(epochs - 1, summed))
        self.work += first * (epochs - 1) + last
        states = [part.state_dict() for part in parts.values()]
        self.checkpoint = max(self.checkpoint, _bytes(states))
        between = [{**row, "seconds": 0.0}] * (epochs - 1)
        return [*(rows or []), *between, {**last_row, "seconds": 0.0}]


@dataclass
class _Steps:
    """The steps of one loop."""

    task: EpochTask
    meter: Meter
    epochs: int
    steps: int
    totals: dict[str, float | Tensor] = field(default_factory=dict)

    def work(self, samples: int) -> Work:
        """Return the work of all steps.

        An epoch may have steps of two kinds, one after the other, which add up different
        things. Steps of one kind are looked at `samples` times, or twice if that looks alike.
        With one sample, all steps are taken to be alike.
        """
        if samples == 1:
            return self._spread(1, 0, self.steps)
        first_kind, _ = self._step(0, 0)  # unlike all others, it makes the optimizer's state
        last_kind, last = self._step(self.epochs - 1, self.steps - 1)
        if first_kind == last_kind:
            _, first = self._step(0, 0)
            if alike(first, last):
                return first * (self.epochs * self.steps)
            return self._spread(samples, 0, self.steps)
        change = bisect_left(
            range(self.steps), True, key=lambda step: self._step(0, step)[0] == last_kind
        )
        return self._spread(samples, 0, change) + self._spread(samples, change, self.steps)

    def _spread(self, samples: int, start: int, stop: int) -> Work:
        places = spread(samples, self.epochs, stop - start)
        seen = [self._step(epoch, start + step)[1] for epoch, step in places]
        return sum(seen, Work()) * (self.epochs * (stop - start) / len(seen))

    def _step(self, epoch: int, step: int) -> tuple[Collection[str], Work]:
        self.task.begin(epoch)
        sums, work = self.meter.measured(lambda: self.task.step(epoch, step))
        add(self.totals, sums)
        return sums.keys(), work


def spread(samples: int, epochs: int, steps: int) -> list[tuple[int, int]]:
    """Return epochs and steps, evenly spread over both, so that a warm-up has its share."""
    count = min(samples, epochs * steps)
    # Steps go round by the golden section, so that no few epochs in a row have like steps.
    golden = [place * 0.6180339887 % 1 for place in range(count)]
    ranks = [sorted(golden).index(share) for share in golden]
    return [
        (int((place + 0.5) / count * epochs), int((rank + 0.5) / count * steps))
        for place, rank in enumerate(ranks)
    ]


def alike(one: Work, other: Work) -> bool:
    """Whether two steps do the same, but for the number of images."""
    return one.calls == other.calls and math.isclose(
        one.flops * other.values, other.flops * one.values, rel_tol=1e-6
    )


def _bytes(state: Any) -> int:
    """Return the bytes of all tensors in nested plain data."""
    if isinstance(state, Tensor):
        return state.nbytes
    if isinstance(state, Mapping):
        return sum(map(_bytes, state.values()))
    return sum(map(_bytes, state)) if isinstance(state, list | tuple) else 0
