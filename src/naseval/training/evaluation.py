"""Testing a network that is being trained."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.data.batches import Batches
from naseval.training.device import autocast
from naseval.training.totals import add, floats


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
