"""Settings of NSGA-Net."""

from typing import Self

from pydantic import Field

from naseval.settings.base import Fraction, Optimizer, Positive, PositiveFloat, SearchSettings

COUNTED_INDIVIDUALS = 5
"""Number of individuals whose work the budget counts."""


class Settings(SearchSettings):
    """NSGA-Net: NSGA-II over architectures, each of which is trained from scratch."""

    population: Positive = Field(description="individuals that survive a generation")
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
    batch_size: Positive = Field(description="images per training and validation batch")
    channels: Positive = Field(description="initial channels of an individual's network")
    cells: Positive = Field(description="cells of an individual's network")
    weights: Optimizer = Field(description="optimizer of an individual's weights")

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings of one small generation, since all individuals cost about the same."""
        individuals = self.population + self.offspring * (self.generations - 1)
        few = min(COUNTED_INDIVIDUALS, self.population)
        changes = {"population": few, "generations": 1}
        return self.model_copy(update=changes), individuals / few
