"""The effect of the operations: the DARTS space and a modified one (paper, Figure 6)."""

from pydantic import Field

from naseval.config import Config
from naseval.settings.base import Positive, StudySettings
from naseval.settings.validation import known
from naseval.studies._grid import random_grid
from naseval.studies._runs import Member


class Settings(StudySettings):
    """Random architectures of several spaces under one protocol."""

    datasets: list[str] = Field(description="datasets, by their keys")
    protocols: list[str] = Field(description="the protocol, by its key")
    random: dict[str, Positive] = Field(description="random architectures of each space")
    seeds: list[int] = Field(description="seeds of the augmentations")


def members(config: Config, settings: Settings) -> list[Member]:
    """Return the runs of the random architectures of each space."""
    return [
        member
        for space, count in settings.random.items()
        for member in random_grid(
            settings.datasets,
            settings.protocols,
            known(space, config.spaces, "space", "studies.operations.random"),
            count,
            settings.seeds,
        )
    ]
