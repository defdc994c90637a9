"""Sums over an epoch, and the test of a network: loss and accuracy."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.data.batches import Batches
from naseval.errors import NasevalError
from naseval.training.device import autocast

Sums = Mapping[str, float | Tensor]


def add(totals: dict[str, float | Tensor], sums: Sums) -> None:
    """Add one step's `sums` to `totals`, in double precision where the device has it."""
    for name, value in sums.items():
        if isinstance(value, Tensor):
            value = value.detach()
            if value.device.type != "mps":  # which has no doubles
                value = value.to(torch.float64)
        totals[name] = totals.get(name, 0.0) + value


def floats(totals: Sums) -> dict[str, float]:
    """Return the totals as Python numbers; waits for the device."""
    return {name: float(value) for name, value in totals.items()}


def check_finite(totals: Mapping[str, float], when: str) -> None:
    """Raise `NasevalError` where a total is not a finite number; `when` ends the complaint."""
    for name, value in totals.items():
        if not math.isfinite(value):
            raise NasevalError(
                f"the total of {name} is {value} {when}; lower learning_rate, "
                "or choose precision float32"
            )


@torch.no_grad()
def evaluate(
    network: nn.Module, batches: Batches, device: torch.device, precision: str
) -> dict[str, float]:
    """Return `images`, `loss` (cross-entropy, summed) and `correct` over all `batches`.

    The network maps images to (logits, anything), on `device` like the batches; it is left in
    evaluation mode.
    """
    network.eval()
    totals: dict[str, float | Tensor] = {}
    for step in range(len(batches)):
        images, labels = batches.at(0, step)
        with autocast(device, precision):
            logits, _ = network(images)
        add(totals, sums(logits, labels))
    return floats(totals)


def sums(logits: Tensor, labels: Tensor) -> dict[str, float | Tensor]:
    """Return `images`, `loss` and `correct` of one batch: logits (N, classes), labels (N)."""
    return {
        "images": len(labels),
        "loss": F.cross_entropy(logits.float(), labels, reduction="sum"),
        "correct": (logits.argmax(1) == labels).sum(),
    }


def accuracy(totals: Mapping[str, float]) -> float:
    """Return the share of correct answers, in per cent."""
    return 100 * totals["correct"] / totals["images"]
