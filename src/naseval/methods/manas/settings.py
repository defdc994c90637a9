"""Settings of MANAS."""

from typing import Annotated

from pydantic import Field

from naseval.methods._paths.settings import PathSettings
from naseval.settings.base import PositiveFloat, Strict


class Temperature(Strict):
    """The Boltzmann temperature, which changes linearly from epoch to epoch."""

    start: PositiveFloat = Field(description="in the first epoch")
    end: PositiveFloat = Field(description="in the last epoch")


class Settings(PathSettings):
    """MANAS: an agent per edge learns from the validation losses of sampled paths."""

    baseline: float = Field(description="a path's reward is this minus its validation loss")
    gamma: Annotated[float, Field(gt=0, le=1)] = Field(
        description="share of every agent's policy that is uniform"
    )
    temperature: Temperature = Field(description="temperature of the rest of the policy")
