"""The effect of the number of cells on the accuracy (paper, section 5.1 and Figure 7)."""

from naseval.studies._grid import GridSettings, grid_members


class Settings(GridSettings):
    """The same random architectures under protocols with different numbers of cells."""


members = grid_members
