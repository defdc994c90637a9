"""The random architectures of every space, one page per space (paper, section 6)."""

from pydantic import Field

from naseval.config import Config
from naseval.settings.base import Positive, StudySettings
from naseval.settings.validation import known
from naseval.studies._grid import random_grid
from naseval.studies._runs import Member


class Settings(StudySettings):
    """Random architectures of every space, under one protocol per space."""

    datasets: list[str] = Field(description="datasets, by their keys")
    protocol_of: dict[str, str] = Field(
        description="the protocol of each space, both by their keys"
    )
    random: Positive = Field(description="random architectures of each space")
    seeds: list[int] = Field(description="seeds of the augmentations")


def members(config: Config, settings: Settings) -> list[Member]:
    """Return the runs of the random architectures of each space."""
    return [
        member
        for space, protocol in settings.protocol_of.items()
        for member in random_grid(
            settings.datasets,
            [known(protocol, config.protocols, "protocol", f"studies.spaces.protocol_of.{space}")],
            known(space, config.spaces, "space", "studies.spaces.protocol_of"),
            settings.random,
            settings.seeds,
        )
    ]
