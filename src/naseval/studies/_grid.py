"""Studies of random architectures, each trained under every protocol and with every seed."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Annotated

from pydantic import AfterValidator, Field

from naseval.config import Config
from naseval.settings.base import Names, Positive, Seeds, StudySettings
from naseval.studies._runs import Member, Run, random_genotype


def _one(names: list[str]) -> list[str]:
    if len(names) != 1:
        raise ValueError("the study is drawn for one dataset; name exactly one")
    return names


OneDataset = Annotated[list[str], AfterValidator(_one)]


def _one_seed(seeds: list[int]) -> list[int]:
    if len(seeds) != 1:
        raise ValueError(
            "the study counts architectures, and a second training of one would count as another "
            "architecture; give exactly one seed (the study `seeds` compares two)"
        )
    return seeds


OneSeed = Annotated[Seeds, AfterValidator(_one_seed)]


class GridSettings(StudySettings):
    """Random architectures, protocols and seeds, all combined."""

    datasets: OneDataset = Field(description="the dataset, by its key, in a list")
    protocols: Names = Field(description="protocols, by their keys, in the order of display")
    spaces: Names = Field(description="spaces, by their names")
    random: Positive = Field(description="random architectures of each space")
    seeds: Seeds = Field(description="seeds of the augmentations")


def grid_members(_config: Config, settings: GridSettings) -> Iterator[Member]:
    """Yield all runs of a grid study."""
    for space in settings.spaces:
        yield from random_grid(
            settings.datasets, settings.protocols, space, settings.random, settings.seeds
        )


def random_grid(
    datasets: Iterable[str],
    protocols: Iterable[str],
    space: str,
    architectures: int,
    seeds: Iterable[int],
) -> Iterator[Member]:
    """Yield the runs of the first `architectures` random genotypes of a space, all combined."""
    for dataset, protocol, index in _combined(datasets, protocols, architectures):
        for seed in seeds:
            run = Run(dataset, protocol, random_genotype(space, index), seed)
            yield Member(run, "random", space)


def _combined(
    datasets: Iterable[str], protocols: Iterable[str], architectures: int
) -> Iterator[tuple[str, str, int]]:
    """Yield all combinations one by one; `product` would first list the architectures."""
    for dataset, protocol in product(datasets, protocols):
        for index in range(architectures):
            yield dataset, protocol, index


def count_at_least(least: int, what: str) -> AfterValidator:
    """Return a check that a number is at least `least`, since `what` needs so many."""

    def checked(number: int) -> int:
        if number < least:
            raise ValueError(f"{what} takes at least {least}")
        return number

    return AfterValidator(checked)
