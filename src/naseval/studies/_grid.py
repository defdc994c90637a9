"""Studies of random architectures, each trained under every protocol and with every seed."""

from collections.abc import Iterable
from itertools import product

from pydantic import Field

from naseval.config import Config
from naseval.settings.base import Positive, StudySettings
from naseval.studies._runs import Member, Run, random_genotype


class GridSettings(StudySettings):
    """Random architectures, protocols and seeds, all combined."""

    datasets: list[str] = Field(description="datasets, by their keys")
    protocols: list[str] = Field(description="protocols, by their keys, in the order of display")
    spaces: list[str] = Field(description="spaces, by their names")
    random: Positive = Field(description="random architectures of each space")
    seeds: list[int] = Field(description="seeds of the augmentations")


def grid_members(_config: Config, settings: GridSettings) -> list[Member]:
    """Return all runs of a grid study."""
    return [
        member
        for space in settings.spaces
        for member in random_grid(
            settings.datasets, settings.protocols, space, settings.random, settings.seeds
        )
    ]


def random_grid(
    datasets: Iterable[str],
    protocols: Iterable[str],
    space: str,
    architectures: int,
    seeds: Iterable[int],
) -> list[Member]:
    """Return the runs of the first `architectures` random genotypes of a space, all combined."""
    return [
        Member(Run(dataset, protocol, random_genotype(space, index), seed), "random", space)
        for dataset, protocol, index, seed in product(
            datasets, protocols, range(architectures), seeds
        )
    ]
