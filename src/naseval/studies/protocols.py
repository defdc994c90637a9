"""The effect of the training protocol on the accuracy (paper, section 4, Figures 3 and 10)."""

from itertools import product

from pydantic import Field

from naseval.config import Config
from naseval.networks.fixed import fixed_names
from naseval.settings.validation import known
from naseval.studies._grid import GridSettings, grid_members
from naseval.studies._runs import Member, Run


class Settings(GridSettings):
    """Random architectures and fixed networks under protocols of increasing complexity."""

    fixed: list[str] = Field(description="fixed networks, by their names; may be empty")
    fixed_seeds: list[int] = Field(description="seeds of a fixed network's augmentations")


def members(config: Config, settings: Settings) -> list[Member]:
    """Return the runs of the random architectures and fixed networks under every protocol."""
    fixed = [
        Member(
            Run(dataset, protocol, known(name, fixed_names(), "network", KEY), seed), "fixed", None
        )
        for dataset, protocol, name, seed in product(
            settings.datasets, settings.protocols, settings.fixed, settings.fixed_seeds
        )
    ]
    return grid_members(config, settings) + fixed


KEY = "studies.protocols.fixed"
