"""Neighbours in the space of P-DARTS, none with more skip connections than it allows."""

from naseval.spaces._neighbourhood import Neighbourhood
from naseval.spaces.pdarts.space import OPERATIONS, SPACE

NEIGHBOURHOOD = Neighbourhood(SPACE, OPERATIONS[1:])
