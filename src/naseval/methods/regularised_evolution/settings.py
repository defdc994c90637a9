"""Settings of regularised evolution."""

from pydantic import Field

from naseval.methods._baselines.settings import Trained
from naseval.settings.base import Positive, Strict


class AlgorithmSettings(Strict):
    """Regularised evolution: the best of a random sample of the population is mutated."""

    trials: Positive = Field(description="distinct candidates evaluated")
    population: Positive = Field(
        description="candidates alive; with as many as trials it is random search"
    )
    sample: Positive = Field(
        description="candidates in a tournament, drawn from the population with replacement"
    )


class Settings(Trained, AlgorithmSettings):
    """Regularised evolution whose candidates are trained."""
