"""How close the gradient of DARTS's alphas is to that in float64, by arithmetic.

    python benchmarks/precision.py

Trains a small supernet on scikit-learn's digits at 16x16 pixels, then computes the gradient of the
alphas on the same batches in float64, float32, TF32 and bfloat16, and prints a Markdown table of
cosines with the float64 gradient. TF32 is emulated on the CPU: the inputs of convolutions and
matrix products are rounded to 10 bits of mantissa, in forward and backward passes. docs/
performance.md has what was measured last.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from naseval.data.images import SmallImages
from naseval.data.sources.digits import read
from naseval.data.training_data import TrainingData
from naseval.methods._gradient.alphas import Alphas
from naseval.methods._gradient.bilevel import (
    ArchitectureGradient,
    BilevelTask,
    first_order_gradient,
    frozen_statistics,
)
from naseval.methods._gradient.stages import new_supernet
from naseval.methods._gradient.unrolled import unrolled_gradient
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.darts.search import OPERATIONS, derived
from naseval.methods.darts.settings import Settings
from naseval.settings.base import ArchitectureOptimizer, Optimizer
from naseval.settings.dataset import Channels, ImageSettings

SIDE, CHANNELS, CELLS, BATCH = 16, 4, 4, 32
WARM_UP = 60
"""Steps before the gradient is measured; the weights and the alphas learn in all of them."""
LATER = 9
"""An epoch after those of the training, whose batches it has not seen."""
SEEDS, BATCHES = 3, 2
COLUMNS = ("first order", "second order", "what the second adds")
aten = torch.ops.aten


class Tf32(TorchDispatchMode):
    """Rounds the inputs of convolutions and matrix products as TF32 does.

    torch's own CUDA kernels for depthwise convolutions in float32 do not use TF32. With `depthwise`
    false, these are not rounded.
    """

    def __init__(self, *, depthwise: bool) -> None:
        super().__init__()
        self.depthwise = depthwise

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        match func.overloadpacket:
            case aten.convolution:
                args = self._rounded(args, 2, weight=args[1], groups=args[8])
            case aten.convolution_backward:
                args = self._rounded(args, 3, weight=args[2], groups=args[9])
            case aten.mm | aten.bmm:
                args = (*map(rounded, args[:2]), *args[2:])
            case aten.addmm:
                args = (args[0], *map(rounded, args[1:3]), *args[3:])
        return func(*args, **(kwargs or {}))

    def _rounded(self, args: Any, inputs: int, *, weight: Tensor, groups: int) -> Any:
        if weight.shape[1] == 1 and groups > 1 and not self.depthwise:
            return args
        return (*map(rounded, args[:inputs]), *args[inputs:])


def rounded(value: Tensor) -> Tensor:
    """Return a float32 tensor with 10 of its 23 bits of mantissa, rounded to the nearest."""
    bits = value.contiguous().view(torch.int32)
    return ((bits + 0x1000) & ~0x1FFF).view(torch.float32)


second_order_gradient: ArchitectureGradient = partial(unrolled_gradient, legacy_fd_scale=False)
Arithmetic = Callable[[], AbstractContextManager[Any]]
ARITHMETICS: dict[str, Arithmetic] = {
    "float32": nullcontext,
    "tf32, save in depthwise convolutions": partial(Tf32, depthwise=False),
    "tf32": partial(Tf32, depthwise=True),
    "bfloat16": partial(torch.autocast, "cpu", torch.bfloat16),
}


def digits() -> TrainingData:
    """Return the digits, half of them for training and half for validation."""
    source = read(Path(), SIDE, "small")
    assert isinstance(source.images, np.ndarray)
    pixels = torch.from_numpy(source.images.transpose(0, 3, 1, 2).copy())
    labels = torch.from_numpy(source.labels)
    halves = {"train": slice(0, None, 2), "validation": slice(1, None, 2)}
    parts = {
        name: SmallImages(labels[half], torch.arange(len(labels))[half], pixels[half])
        for name, half in halves.items()
    }
    dataset = ImageSettings(images="small", image_size=SIDE, classes=10, flip=False)
    channels = Channels(mean=(0.3, 0.3, 0.3), std=(0.37, 0.37, 0.37))
    return TrainingData(dataset, channels, parts)


def settings() -> Settings:
    """Return DARTS's settings of the paper, for a smaller supernet."""
    return Settings(
        epochs=50,
        batch_size=BATCH,
        channels=CHANNELS,
        cells=CELLS,
        weights=Optimizer(
            name="sgd", learning_rate=0.025, learning_rate_min=0.001, weight_decay=3e-4
        ),
        architecture=ArchitectureOptimizer(learning_rate=3e-4, weight_decay=1e-3),
        order=1,
        legacy_fd_scale=False,
        skip_rule="none",
    )


def trained(data: TrainingData, seed: int) -> BilevelTask:
    """Return a search after its first `WARM_UP` steps."""
    network, alphas = new_supernet(
        data,
        {"normal": OPERATIONS, "reduce": OPERATIONS},
        channels=CHANNELS,
        cells=CELLS,
        seed=seed,
        kind=Supernet,
    )
    derive = partial(derived, skip_rule="none")
    task = BilevelTask(network, alphas, data, settings(), seed=seed, derive=derive)
    for step in range(WARM_UP):
        epoch, step_of_epoch = divmod(step, task.steps)
        task.begin(epoch)
        task.step(epoch, step_of_epoch)
    return task


def in_float64(task: BilevelTask) -> BilevelTask:
    """Return a copy of the search with weights, alphas and momentum in float64."""
    copy = deepcopy(task)
    copy.network.double()
    copy.alphas.double()
    for state in copy.weight_optimizer.state.values():
        state["momentum_buffer"] = state["momentum_buffer"].double()
    return copy


def gradients(task: BilevelTask, arithmetic: Arithmetic, step: int) -> dict[str, Tensor]:
    """Return the gradients of all alphas on the batches of `step`, in float64, by column."""

    def loss(images: Tensor, labels: Tensor) -> Tensor:
        alphas: Alphas = task.alphas
        logits = task.network(images.to(alphas.normal.dtype), *alphas())
        return F.cross_entropy(logits.to(alphas.normal.dtype), labels)

    training, validation = task.training.at(LATER, step), task.validation.at(LATER, step)

    def flat(order: ArchitectureGradient) -> Tensor:
        slopes = order(
            partial(loss, *training),
            partial(loss, *validation),
            task.weight_optimizer,
            list(task.alphas.parameters()),
        )
        return torch.cat([slope.flatten().double() for slope in slopes])

    with frozen_statistics(task.network), arithmetic():
        first, second = flat(first_order_gradient), flat(second_order_gradient)
    return dict(zip(COLUMNS, (first, second, second - first), strict=True))


def cosines() -> Iterator[tuple[str, str, float]]:
    """Yield (arithmetic, column, cosine) for every seed and batch."""
    data = digits()
    for seed in range(SEEDS):
        task = trained(data, seed)
        exact = in_float64(task)
        for step in range(BATCHES):
            truth = gradients(exact, nullcontext, step)
            for name, arithmetic in ARITHMETICS.items():
                for column, found in gradients(task, arithmetic, step).items():
                    yield name, column, float(F.cosine_similarity(truth[column], found, dim=0))


def table(found: list[tuple[str, str, float]]) -> str:
    """Return the medians and ranges as a Markdown table."""
    lines = [f"| precision | {' | '.join(COLUMNS)} |", f"|---|{'---|' * len(COLUMNS)}"]
    for name in ARITHMETICS:
        cells = [
            _summary([value for *key, value in found if key == [name, column]])
            for column in COLUMNS
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _summary(values: list[float]) -> str:
    return f"{median(values):.4f} ({min(values):.4f} to {max(values):.4f})"


if __name__ == "__main__":
    torch.manual_seed(0)
    print(table(list(cosines())))
