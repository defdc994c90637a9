"""The effect of the operations: the DARTS space and a modified one (paper, Figure 6)."""

from collections.abc import Iterator

from pydantic import Field, field_validator

from naseval.config import Config
from naseval.settings.base import Names, Positive, StudySettings
from naseval.settings.validation import dotted, known
from naseval.studies._grid import OneDataset, OneSeed, random_grid
from naseval.studies._runs import Member


class Settings(StudySettings):
    """Random architectures of the DARTS space and of another one."""

    datasets: OneDataset = Field(description="the dataset, by its key, in a list")
    protocols: Names = Field(description="the protocol, by its key")
    random: dict[str, Positive] = Field(
        description="random architectures of each space: of darts and of one other"
    )
    seeds: OneSeed = Field(description="the seed of the augmentations, in a list")

    @field_validator("random")
    @classmethod
    def _darts_and_another(cls, random: dict[str, int]) -> dict[str, int]:
        if len(random) != 2 or BASELINE not in random:
            raise ValueError(f"the study compares the space {BASELINE} with one other; name both")
        return random


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if there is no such space."""
    for space in settings.random:
        known(space, config.spaces, "space", dotted("studies.operations.random", space))


def members(_config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of the random architectures of each space."""
    for space, count in settings.random.items():
        yield from random_grid(settings.datasets, settings.protocols, space, count, settings.seeds)


BASELINE = "darts"
"""The original space, with which the other one is compared."""
