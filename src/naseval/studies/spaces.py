"""The random architectures of every space, one page per space (paper, section 6)."""

from collections.abc import Iterator

from pydantic import Field

from naseval.config import Config
from naseval.settings.base import Names, Positive, StudySettings
from naseval.settings.validation import dotted, known
from naseval.studies._grid import OneSeed, random_grid
from naseval.studies._runs import Member


class Settings(StudySettings):
    """Random architectures of every space, under one protocol per space."""

    datasets: Names = Field(description="datasets, by their keys")
    protocol_of: dict[str, str] = Field(
        min_length=1, description="the protocol of each space, both by their keys"
    )
    random: Positive = Field(description="random architectures of each space")
    seeds: OneSeed = Field(description="the seed of the augmentations, in a list")


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if there is no such space or protocol."""
    for space, protocol in settings.protocol_of.items():
        known(space, config.spaces, "space", dotted(KEY, space))
        known(protocol, config.protocols, "protocol", dotted(KEY, space))


def members(_config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of the random architectures of each space."""
    for space, protocol in settings.protocol_of.items():
        yield from random_grid(
            settings.datasets, [protocol], space, settings.random, settings.seeds
        )


KEY = "studies.spaces.protocol_of"
