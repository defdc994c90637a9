"""The effect of the seed on the ranking (paper, section 5.3 and Figure 8)."""

from naseval.studies._grid import GridSettings, grid_members


class Settings(GridSettings):
    """The same random architectures, each trained with two seeds."""


members = grid_members
