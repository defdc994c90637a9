"""Whether the number of cells changes the ranking (paper, section 5.3 and Figure 9)."""

from naseval.studies._grid import GridSettings, grid_members


class Settings(GridSettings):
    """The same random architectures under two protocols that differ in their cells."""


members = grid_members
