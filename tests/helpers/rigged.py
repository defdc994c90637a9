"""A stand-in for a supernet in which one operation is good and the others are noise.

It lets a search's own decisions be judged alone: what networks compute is tested elsewhere.
"""

from typing import Any

import torch
from torch import Tensor, nn

from naseval.genotype import Genotype

EDGES = 20


def good_edges(genotype: Genotype, good: str) -> int:
    """Return how many of the 20 edges carry the operation."""
    return (genotype.normal.operations + genotype.reduce.operations).count(good)


class RiggedNetwork(nn.Module):
    """Classifies by colour, the less reliably the fewer edges carry `good` (None: always alike)."""

    def __init__(self, good: str | None, classes: int) -> None:
        super().__init__()
        self.good = good
        self.classifier = nn.Linear(3, classes)
        nn.init.zeros_(self.classifier.weight)

    def logits(self, x: Tensor, genotype: Genotype) -> Tensor:
        """Map (B, 3, S, S) to (B, classes)."""
        bad = 0.5 if self.good is None else 1 - good_edges(genotype, self.good) / EDGES
        colours = x.mean((2, 3))
        return self.classifier(colours + 1.5 * bad * torch.randn_like(colours))


class RiggedEnas(RiggedNetwork):
    """Takes the place of `EnasSupernet`."""

    def forward(self, x: Tensor, genotype: Genotype) -> tuple[Tensor, None]:
        return self.logits(x, genotype), None


class RiggedNao(RiggedNetwork):
    """Takes the place of `NaoSupernet`."""

    def set_drop_path(self, probability: float) -> None:
        """There is none."""

    def forward(self, x: Tensor, genotype: Genotype) -> Tensor:
        return self.logits(x, genotype)


def rig(patch: Any, where: str, kind: type[RiggedNetwork], good: str | None) -> None:
    """Put a rigged network in the place of the supernet named `where`."""
    patch.setattr(where, lambda **options: kind(good, options["classes"]))
