"""Settings of NSGA-Net."""

from pydantic import Field

from naseval.settings.base import Fraction, Optimizer, Positive, PositiveFloat, SearchSettings


class Settings(SearchSettings):
    """NSGA-Net: NSGA-II over architectures, each of them trained from scratch."""

    population: Positive = Field(description="individuals that survive a generation")
    offspring: Positive = Field(description="individuals bred in a generation")
    generations: Positive = Field(description="generations, the random first one counted")
    crossover_probability: Fraction = Field(
        description="that two parents are crossed, at two points; else they are copied"
    )
    mutation_probability: Fraction = Field(description="of each gene on its own")
    mutation_eta: PositiveFloat = Field(
        description="distribution index of polynomial mutation: the larger, the smaller the moves"
    )
    epochs: Positive = Field(description="epochs that every individual is trained")
    batch_size: Positive = Field(description="of training and validation batches alike")
    channels: Positive = Field(description="initial channels of an individual's network")
    cells: Positive = Field(description="cells of an individual's network")
    weights: Optimizer = Field(description="of an individual's weights")
