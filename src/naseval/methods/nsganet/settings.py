"""Settings of NSGA-Net."""

from typing import Self

from pydantic import Field

from naseval.settings.base import (
    MOST,
    BatchSize,
    Depth,
    Fraction,
    Optimizer,
    Positive,
    PositiveFloat,
    SearchSettings,
    Width,
)

COUNTED_INDIVIDUALS = 5
"""Number of individuals whose work the budget counts."""


class Settings(SearchSettings):
    """NSGANET: NSGA-II over architectures, each of which is trained from scratch."""

    finds = "nsganet"

    population: int = Field(
        ge=2,
        le=MOST,
        description="individuals that survive a generation; one alone has no other to cross with",
    )
    offspring: Positive = Field(description="individuals bred in a generation")
    generations: Positive = Field(description="generations, including the random first one")
    crossover_probability: Fraction = Field(
        description="probability of a two-point crossover of two parents; else they are copied"
    )
    mutation_probability: Fraction = Field(description="probability of each gene, independently")
    mutation_eta: PositiveFloat = Field(
        description="distribution index of polynomial mutation: the larger, the smaller the moves"
    )
    epochs: Positive = Field(description="epochs that every individual is trained")
    batch_size: BatchSize = Field(description="images per training and validation batch")
    channels: Width = Field(description="initial channels of an individual's network")
    cells: Depth = Field(description="cells of an individual's network")
    weights: Optimizer = Field(description="optimizer of an individual's weights")

    @property
    def individuals(self) -> int:
        """Individuals of all generations."""
        return self.population + self.offspring * (self.generations - 1)

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings of one small generation, since all individuals cost about the same."""
        few = min(COUNTED_INDIVIDUALS, self.population)
        changes = {"population": few, "generations": 1}
        return self.model_copy(update=changes), self.individuals / few
