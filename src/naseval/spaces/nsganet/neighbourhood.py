"""Neighbours in the space of NSGA-Net."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.nsganet.space import OPERATIONS, SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, OPERATIONS)
