"""Settings of random search."""

from pydantic import Field

from naseval.methods._baselines.settings import Trained
from naseval.settings.base import Positive, Strict


class AlgorithmSettings(Strict):
    """Random search: the best of so many random candidates."""

    trials: Positive = Field(description="distinct candidates evaluated")


class Settings(Trained, AlgorithmSettings):
    """Random search whose candidates are trained."""
