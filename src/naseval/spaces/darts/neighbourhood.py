"""Neighbours in the space of DARTS; like its default sampler, they never contain `none`."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.darts.space import OPERATIONS, SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, tuple(name for name in OPERATIONS if name != "none"))
