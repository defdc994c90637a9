"""Neighbours in the space of NAO, with the operations that its search uses, those of ENAS."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.enas.space import OPERATIONS
from naseval.spaces.nao.space import SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, OPERATIONS)
