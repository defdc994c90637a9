"""Settings of random search with shared weights."""

from typing import Self

from pydantic import Field

from naseval.methods._baselines.settings import InSpace
from naseval.methods._paths.settings import SupernetSettings
from naseval.settings.base import Positive

COUNTED_CANDIDATES = 3
"""Number of candidates, and of finalists, whose work the budget counts."""


class Settings(InSpace, SupernetSettings):
    """Random search with shared weights: a random path is trained per batch, the best one found."""

    finds = "darts"

    candidates: Positive = Field(
        description="random candidates that one validation batch ranks after the training"
    )
    finalists: Positive = Field(
        description="the best of them, of which the whole validation part chooses one"
    )

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings with few candidates, whose work is small beside the training's."""
        few = {
            "candidates": min(COUNTED_CANDIDATES, self.candidates),
            "finalists": min(COUNTED_CANDIDATES, self.finalists),
        }
        return self.model_copy(update=few), 1.0
