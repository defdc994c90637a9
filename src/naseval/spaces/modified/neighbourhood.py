"""Neighbours in the modified space; like its sampler, they never contain `none`."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.modified.space import OPERATIONS, SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, tuple(name for name in OPERATIONS if name != "none"))
