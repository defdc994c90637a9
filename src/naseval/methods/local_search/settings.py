"""Settings of local search."""

from pydantic import Field

from naseval.methods._baselines.settings import Trained
from naseval.settings.base import Positive, Strict


class AlgorithmSettings(Strict):
    """Local search by first improvement, with random restarts."""

    trials: Positive = Field(description="distinct candidates evaluated")


class Settings(Trained, AlgorithmSettings):
    """Local search whose candidates are trained."""
