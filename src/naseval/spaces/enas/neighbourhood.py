"""Neighbours in the space of ENAS."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.enas.space import OPERATIONS, SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, OPERATIONS)
