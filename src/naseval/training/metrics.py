"""Metrics, summed over an epoch, and the evaluation of networks: loss and accuracy."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.data.batches import Batches
from naseval.errors import Diverged
from naseval.training.device import autocast

Metrics = Mapping[str, float | Tensor]
"""Sums by name, e.g. `images`, `loss`, `correct`, of a batch or of all batches of an epoch."""


def batch_metrics(logits: Tensor, labels: Tensor) -> dict[str, float | Tensor]:
    """Return `images`, `loss` (cross-entropy) and `correct`, summed over a batch.

    `logits` has the shape (N, classes), `labels` (N,). The loss keeps its gradient.
    """
    return {
        "images": len(labels),
        "loss": F.cross_entropy(logits.float(), labels, reduction="sum"),
        "correct": (logits.argmax(1) == labels).sum(),
    }


def accumulate(totals: dict[str, float | Tensor], metrics: Metrics) -> None:
    """Add a step's metrics to `totals`, in double precision if the device supports it."""
    for name, value in metrics.items():
        if isinstance(value, Tensor):
            value = value.detach()
            if value.device.type != "mps":  # MPS has no float64
                value = value.to(torch.float64)
        totals[name] = totals.get(name, 0.0) + value


def to_floats(metrics: Metrics) -> dict[str, float]:
    """Return the metrics as Python numbers. This synchronises with the device."""
    return {name: float(value) for name, value in metrics.items()}


def check_finite(values: Mapping[str, Any], when: str) -> None:
    """Raise `Diverged` if a number is not finite. `when` is part of the message."""
    for name, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise Diverged(
                f"{name} is {value} {when}; lower learning_rate, or choose precision float32"
            )


@torch.no_grad()
def evaluate(
    network: nn.Module, batches: Batches, device: torch.device, precision: str
) -> dict[str, float]:
    """Return `images`, `loss` and `correct`, summed over all `batches`.

    The network maps images to (logits, anything). It is on `device`, like the batches, and is left
    in evaluation mode.
    """
    network.eval()
    totals: dict[str, float | Tensor] = {}
    for step in range(len(batches)):
        images, labels = batches.at(0, step)
        with autocast(device, precision):
            logits, _ = network(images)
        accumulate(totals, batch_metrics(logits, labels))
    return to_floats(totals)


def averages(totals: Mapping[str, float], part: str) -> dict[str, float]:
    """Return the mean loss and the accuracy as columns of a row.

    `totals` has `images`, `loss` and `correct`. If `part` is `train`, the columns are `train_loss`
    and `train_accuracy` (in per cent).
    """
    images = totals["images"]
    return {
        f"{part}_loss": totals["loss"] / images,
        f"{part}_accuracy": accuracy(totals["correct"], images),
    }


def accuracy(correct: float, count: float) -> float:
    """Return the share of correct answers, in per cent."""
    return 100 * correct / count
