"""The effect of the training protocol on the accuracy (paper, section 4, Figures 3 and 10)."""

from collections.abc import Iterator
from itertools import product
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from naseval.config import Config
from naseval.networks.fixed import fixed_names
from naseval.settings.base import Distinct, Positive, Seed
from naseval.settings.validation import known
from naseval.studies._grid import GridSettings, count_at_least, grid_members
from naseval.studies._runs import Member, Run


class Settings(GridSettings):
    """Random architectures and fixed networks under protocols of increasing complexity."""

    random: Annotated[Positive, count_at_least(2, "an analysis of variance")] = Field(
        description="random architectures of each space"
    )
    fixed: Annotated[list[str], Distinct] = Field(
        description="fixed networks, by their names; may be empty"
    )
    fixed_seeds: Annotated[list[Seed], Distinct] = Field(
        description="seeds of a fixed network's augmentations"
    )

    @field_validator("protocols")
    @classmethod
    def _several(cls, protocols: list[str]) -> list[str]:
        if len(protocols) < 2:
            raise ValueError("the study compares protocols; name at least two")
        return protocols

    @model_validator(mode="after")
    def _seeds_of_fixed(self) -> Self:
        if self.fixed and not self.fixed_seeds:
            raise ValueError("fixed names networks, and fixed_seeds is empty; give it a seed")
        return self


def check(_config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if there is no such fixed network."""
    for name in settings.fixed:
        known(name, fixed_names(), "network", "studies.protocols.fixed")


def members(config: Config, settings: Settings) -> Iterator[Member]:
    """Yield the runs of the random architectures and fixed networks under every protocol."""
    yield from grid_members(config, settings)
    for dataset, protocol, name, seed in product(
        settings.datasets, settings.protocols, settings.fixed, settings.fixed_seeds
    ):
        yield Member(Run(dataset, protocol, name, seed), "fixed", None)
