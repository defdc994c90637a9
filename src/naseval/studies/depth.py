"""The effect of the number of cells on the ranking (paper, section 5.3 and Figure 9)."""

from naseval.studies._grid import GridSettings, grid_members


class Settings(GridSettings):
    """The same random architectures under two protocols with different numbers of cells."""


members = grid_members
