"""How much the number of cells matters (paper, section 5.1 and Figure 7)."""

from naseval.studies._grid import GridSettings, grid_members


class Settings(GridSettings):
    """The same random architectures under protocols that differ in their cells."""


members = grid_members
