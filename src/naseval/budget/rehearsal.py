"""Rehearsal of a search or an augmentation, which counts its work from a few steps.

The real code of the method runs with two arguments replaced. Batches of random noise, as small as
batch normalisation allows, replace the images. The loop is replaced by one that runs a few steps of
each stage and extrapolates to all of them.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow as pa
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from naseval import schemas
from naseval.budget.work import Work
from naseval.randomness import Name
from naseval.settings.dataset import ImageSettings
from naseval.training.checkpoint import Stateful
from naseval.training.history import Row, check_row
from naseval.training.loop import EpochTask, SavedStage
from naseval.training.metrics import accumulate, to_floats

T = TypeVar("T")

PLACEHOLDER_BATCH = 2
"""Images per batch. One image has no variance on feature maps of 1×1 pixels."""


class Meter:
    """Counts the work of actions as if their batches had full size."""

    def __init__(self) -> None:
        self._represented: list[tuple[int, int]] = []
        self._photographs = 0

    def note(self, images: int, batches: int, *, photographs: bool = False) -> None:
        """Note that the last placeholder batch represents so many images and batches.

        `photographs` tells whether these images have to be decoded.
        """
        self._represented.append((images, batches))
        self._photographs += images * photographs

    def measured(self, action: Callable[[], T]) -> tuple[T, Work]:
        """Run `action` and return its result and its work."""
        self._represented.clear()
        self._photographs = 0
        with OperatorCounter() as counter:
            result = action()
        placeholders = len(self._represented) or 1
        images = sum(images for images, _ in self._represented)
        batches = sum(batches for _, batches in self._represented) / placeholders or 1.0
        scale = images / (placeholders * PLACEHOLDER_BATCH) or 1.0
        return result, Work(
            counter.calls * batches,
            counter.values * scale,
            counter.flops * scale,
            self._photographs,
        )


def _convolution_backward(
    gradient: Tensor, _input: Tensor, weight: Tensor, *_rest: Any, out_val: Any
) -> int:
    """Return the operations of a convolution's gradients, as many for each as for the convolution.

    torch's own count treats grouped weights as full ones.
    """
    wanted = sum(value is not None for value in out_val[:2])
    return 2 * gradient.numel() * weight[0].numel() * wanted


FLOPS = {**flop_registry, torch.ops.aten.convolution_backward: _convolution_backward}


class OperatorCounter(TorchDispatchMode):
    """Counts operator calls, floating-point operations, and written values of images."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.values = self.flops = 0

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        written = func(*args, **(kwargs or {}))
        self.calls += 1
        if formula := FLOPS.get(func.overloadpacket):
            self.flops += formula(*args, **(kwargs or {}), out_val=written)
        for value in written if isinstance(written, tuple | list) else (written,):
            if isinstance(value, Tensor) and value.dim() > 1 and len(value) == PLACEHOLDER_BATCH:
                self.values += value.numel()
        return written


@dataclass(frozen=True)
class StubData:
    """Replacement for `TrainingData` with placeholder batches.

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
        self,
        part: str,
        *,
        batch_size: int,
        shuffle: bool | None = None,
        random_transforms: bool | None = None,
        **_options: Any,
    ) -> "StubBatches":
        """Return batches of a part. A part that is not shuffled is always read as a whole."""
        whole = part == "test" if shuffle is None else not shuffle
        random = part != "test" if random_transforms is None else random_transforms
        photographs = random and self.dataset.images == "large"
        return StubBatches(self, self.sizes[part], batch_size, whole, photographs)


@dataclass(frozen=True)
class StubBatches:
    """Placeholder batches. If `whole` is true, one batch represents all batches of the part."""

    data: StubData
    images: int
    batch_size: int
    whole: bool
    photographs: bool
    """Whether each image is decoded and transformed at random."""

    def __len__(self) -> int:
        """Return the number of steps per epoch."""
        return 1 if self.whole else self._count

    def at(self, _epoch: int, step: int) -> tuple[Tensor, Tensor]:
        """Return noise (2, 3, S, S) and labels (2,), and note what the batch represents."""
        left = self.images - step * self.batch_size
        if self.whole:
            self.data.meter.note(self.images, self._count, photographs=self.photographs)
        else:
            represented = min(self.batch_size, left)
            self.data.meter.note(represented, 1, photographs=self.photographs)
        side = self.data.dataset.image_size
        labels = torch.arange(PLACEHOLDER_BATCH) % self.data.classes
        return torch.randn(PLACEHOLDER_BATCH, 3, side, side), labels

    @property
    def _count(self) -> int:
        return -(-self.images // self.batch_size)


class Rehearsal:
    """A `naseval.training.loop.Loop` that runs `samples` steps of a stage and counts all steps.

    The samples are spread over epochs and steps. Nothing is saved.
    """

    def __init__(self, meter: Meter, samples: int) -> None:
        self.meter, self.samples = meter, samples
        self.work = Work()
        """The work of all stages so far."""
        self.checkpoint = 0
        """Bytes of the largest checkpoint."""

    def saved_stage(self) -> SavedStage:
        """Return the first stage."""
        return SavedStage(1, None, [])

    def run(
        self,
        task: EpochTask,
        *,
        epochs: int,
        steps: int,
        parts: Mapping[str, Stateful],
        stream_names: tuple[Name, ...],  # noqa: ARG002 - the noise of a rehearsal has no seed
        stage: int = 1,  # noqa: ARG002
        carried_state: dict[str, Any] | None = None,  # noqa: ARG002
        rows: Sequence[Row] | None = None,
        schema: pa.Schema = schemas.HISTORY,
        stop: Callable[[Sequence[Row]], bool] | None = None,  # noqa: ARG002 - the whole is counted
        later: int = 0,  # noqa: ARG002
    ) -> list[Row]:
        """Return as many rows as `Loop.run`. All but the last copy the first epoch's row."""
        sampled = _SampledSteps(task, self.meter, epochs, steps)
        self.work += sampled.work(self.samples)
        totals = {**to_floats(sampled.totals), "seconds": 1.0}
        row, first = self.meter.measured(lambda: task.end(0, totals))
        # Work of the last epoch only, such as a final validation, is counted once.
        last_row, last = self.meter.measured(lambda: task.end(epochs - 1, totals))
        self.work += first * (epochs - 1) + last
        states = [part.state_dict() for part in parts.values()]
        self.checkpoint = max(self.checkpoint, _bytes(states))
        own_rows = [{**each, "seconds": 0.0} for each in [row] * (epochs - 1) + [last_row]]
        check_row(own_rows[0], schema, task)
        return [*(rows or []), *own_rows]


@dataclass
class _SampledSteps:
    """Sampled steps of a stage, from which the work of all steps is computed."""

    task: EpochTask
    meter: Meter
    epochs: int
    steps: int
    totals: dict[str, float | Tensor] = field(default_factory=dict)

    def work(self, samples: int) -> Work:
        """Return the work of all steps.

        An epoch may have steps of two kinds, one after the other, whose metrics have different
        names. Steps of each kind are sampled `samples` times, or twice if the first and the last
        step do the same. With one sample, all steps count as the same kind.
        """
        if samples == 1:
            return self._spread(1, 0, self.steps)
        first_kind, _ = self._step(0, 0)  # only the first step creates the optimizer's state
        last_kind, last = self._step(self.epochs - 1, self.steps - 1)
        if first_kind == last_kind:
            _, first = self._step(0, 0)
            if proportional(first, last):
                return first * (self.epochs * self.steps)
            return self._spread(samples, 0, self.steps)
        change = bisect_left(
            range(self.steps), True, key=lambda step: self._step(0, step)[0] == last_kind
        )
        return self._spread(samples, 0, change) + self._spread(samples, change, self.steps)

    def _spread(self, samples: int, start: int, stop: int) -> Work:
        places = spread(samples, self.epochs, stop - start)
        works = [self._step(epoch, start + step)[1] for epoch, step in places]
        return sum(works, Work()) * (self.epochs * (stop - start) / len(works))

    def _step(self, epoch: int, step: int) -> tuple[Collection[str], Work]:
        self.task.begin(epoch)
        metrics, work = self.meter.measured(lambda: self.task.step(epoch, step))
        accumulate(self.totals, metrics)
        return metrics.keys(), work


def spread(samples: int, epochs: int, steps: int) -> list[tuple[int, int]]:
    """Return (epoch, step) pairs, evenly spread over both, so that a warm-up has its share."""
    count = min(samples, epochs * steps)
    # Steps advance by the golden ratio, so nearby epochs have different steps.
    golden = [place * 0.6180339887 % 1 for place in range(count)]
    ranks = [sorted(golden).index(share) for share in golden]
    return [
        (int((place + 0.5) / count * epochs), int((rank + 0.5) / count * steps))
        for place, rank in enumerate(ranks)
    ]


def proportional(one: Work, other: Work) -> bool:
    """Tell whether two steps do the same work except for the number of images."""
    return one.calls == other.calls and math.isclose(
        one.flops * other.values, other.flops * one.values, rel_tol=1e-6
    )


def _bytes(state: Any) -> int:
    """Return the total bytes of all tensors in nested plain data."""
    if isinstance(state, Tensor):
        return state.nbytes
    if isinstance(state, Mapping):
        return sum(map(_bytes, state.values()))
    return sum(map(_bytes, state)) if isinstance(state, list | tuple) else 0
