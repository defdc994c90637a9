"""The accuracies of many random architectures (paper, section 5.1, Figures 4 and 5)."""

from naseval.studies._grid import GridSettings, grid_members


class Settings(GridSettings):
    """Many random architectures under one protocol."""


members = grid_members
