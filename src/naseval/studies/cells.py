"""The effect of the number of cells on the accuracy (paper, section 5.1 and Figure 7)."""

from pydantic import Field

from naseval.studies._grid import GridSettings, OneSeed, grid_members


class Settings(GridSettings):
    """The same random architectures under protocols with different numbers of cells."""

    seeds: OneSeed = Field(description="the seed of the augmentations, in a list")


members = grid_members
