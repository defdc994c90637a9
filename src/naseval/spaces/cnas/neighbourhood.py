"""Neighbours in the space of CNAS; like its sampler, they never contain `none`."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.cnas.space import OPERATIONS, SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, OPERATIONS[1:])
