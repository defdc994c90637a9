"""NAO's pool of architectures, with what is known of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from naseval.genotype import Genotype
from naseval.spaces.enas.space import genotype_of

Architecture = tuple[int, ...]
"""40 integers, see `spaces.enas.genotype_of`."""


@dataclass(frozen=True)
class Pool:
    """N architectures with their sampling weights and, after an evaluation, their scores."""

    architectures: tuple[Architecture, ...] = ()
    sampling_weights: tuple[int, ...] = ()
    """The chance of each to be drawn in training is in proportion to its weight."""
    scores: tuple[float, ...] = ()
    """Accuracies from 0 to 1; empty before the evaluation."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.architectures)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Return the pool of which `to_dict` made `fields`."""
        architectures = tuple(tuple(integers) for integers in fields["architectures"])
        return cls(architectures, tuple(fields["sampling_weights"]), tuple(fields["scores"]))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "architectures": [list(integers) for integers in self.architectures],
            "sampling_weights": list(self.sampling_weights),
            "scores": list(self.scores),
        }

    def genotype(self, index: int) -> Genotype:
        """Return an architecture as a genotype of the NAO space."""
        return genotype_of("nao", self.architectures[index])

    def ranked(self, scores: Iterable[float]) -> Self:
        """Return the pool with `scores`, the best first; equals stay in order."""
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
        """Return the scores stretched to run from 0 to 1 (all 0 where they are equal)."""
        low, high = min(self.scores), max(self.scores)
        return [(score - low) / ((high - low) or 1.0) for score in self.scores]
