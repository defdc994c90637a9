"""NAO's pool of architectures, with what is known of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from naseval.genotype import Genotype
from naseval.spaces.enas.space import genotype_of

Architecture = tuple[int, ...]
"""40 integers, see `spaces.enas.genotype_of`."""


@dataclass(frozen=True)
class Pool:
    """N architectures, how often each is trained, and after an evaluation their scores."""

    architectures: tuple[Architecture, ...] = ()
    shares: tuple[int, ...] = ()
    """In proportion to the chance of each to be drawn in training."""
    scores: tuple[float, ...] = ()
    """Accuracies from 0 to 1; empty before the evaluation."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.architectures)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Return the pool of which `to_dict` made `fields`."""
        architectures = tuple(tuple(integers) for integers in fields["architectures"])
        return cls(architectures, tuple(fields["shares"]), tuple(fields["scores"]))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "architectures": [list(integers) for integers in self.architectures],
            "shares": list(self.shares),
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
            shares=tuple(self.shares[index] for index in order),
            scores=tuple(found[index] for index in order),
        )

    def grown(self, more: Iterable[Architecture], share: Callable[[Architecture], int]) -> Self:
        """Return the pool with `more` architectures and without scores."""
        added = tuple(more)
        shares = tuple(share(architecture) for architecture in added)
        return replace(
            self,
            architectures=self.architectures + added,
            shares=self.shares + shares,
            scores=(),
        )

    def scaled_scores(self) -> list[float]:
        """Return the scores stretched to run from 0 to 1 (all 0 where they are equal)."""
        low, high = min(self.scores), max(self.scores)
        return [(score - low) / ((high - low) or 1.0) for score in self.scores]
