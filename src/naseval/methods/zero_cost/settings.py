"""Settings of zero-cost ranking."""

from typing import Literal, Self

from pydantic import Field

from naseval.methods._baselines.settings import ByProtocol
from naseval.settings.base import Positive, Strict

COUNTED_CANDIDATES = 3
"""Number of candidates whose work the budget counts."""


class AlgorithmSettings(Strict):
    """Zero-cost ranking: the highest score among random candidates."""

    score: str = Field(description="the score, e.g. parameters")
    samples: Positive = Field(description="distinct candidates scored")


class Settings(ByProtocol, AlgorithmSettings):
    """Zero-cost ranking of the networks that the protocol trains, at their initialisation."""

    score: Literal["parameters", "nwot", "synflow"] = Field(
        description="what candidates are ranked by, the higher the better"
    )

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings of a search that scores few candidates."""
        few = min(COUNTED_CANDIDATES, self.samples)
        return self.model_copy(update={"samples": few}), self.samples / few
