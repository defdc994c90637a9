"""NAO's pool of architectures, with sampling weights and scores."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from naseval.genotype import Genotype
from naseval.spaces.enas.space import genotype_of

Architecture = tuple[int, ...]
"""40 integers, see `spaces.enas.genotype_of`."""


@dataclass(frozen=True)
class Pool:
    """N architectures with sampling weights and, after an evaluation, scores."""

    architectures: tuple[Architecture, ...] = ()
    sampling_weights: tuple[int, ...] = ()
    """Weights to which the probabilities of being drawn in training are proportional."""
    scores: tuple[float, ...] = ()
    """Accuracies from 0 to 1. Empty before the evaluation."""

    def __len__(self) -> int:
        """Return the number of architectures."""
        return len(self.architectures)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Return the pool for the plain data of `to_dict`."""
        architectures = tuple(tuple(integers) for integers in fields["architectures"])
        return cls(architectures, tuple(fields["sampling_weights"]), tuple(fields["scores"]))

    def to_dict(self) -> dict[str, Any]:
        """Return the pool as plain data."""
        return {
            "architectures": [list(integers) for integers in self.architectures],
            "sampling_weights": list(self.sampling_weights),
            "scores": list(self.scores),
        }

    def genotype(self, index: int) -> Genotype:
        """Return an architecture as a genotype of the NAO space."""
        return genotype_of("nao", self.architectures[index])

    def ranked(self, scores: Iterable[float]) -> Self:
        """Return the pool with `scores`, the best first. Equal scores keep their order."""
        found = list(scores)
        order = sorted(range(len(self)), key=lambda index: -found[index])
        return replace(
            self,
            architectures=tuple(self.architectures[index] for index in order),
            sampling_weights=tuple(self.sampling_weights[index] for index in order),
            scores=tuple(found[index] for index in order),
        )

    def extended(self, architectures: Iterable[Architecture], weights: Iterable[int]) -> Self:
        """Return the pool with more architectures and their sampling weights, without scores."""
        return replace(
            self,
            architectures=self.architectures + tuple(architectures),
            sampling_weights=self.sampling_weights + tuple(weights),
            scores=(),
        )

    def scaled_scores(self) -> list[float]:
        """Return the scores rescaled to the range 0 to 1 (all 0 if they are equal)."""
        low, high = min(self.scores), max(self.scores)
        return [(score - low) / ((high - low) or 1.0) for score in self.scores]
