"""The edges of a supernet of the DARTS space, with all operations."""

from naseval.methods._gradient.alphas import Operations
from naseval.spaces.darts.space import SPACE

EDGES = sum(range(2, 2 + SPACE.nodes))
CHOICES = tuple(name for name in SPACE.operations if name != "none")
"""All operations but `none`."""
ALL = ("none", *CHOICES)
"""All operations in the order of the first program of DARTS and of those that are built on it.

The order decides which of equally probable operations counts, and how a softmax is rounded.
"""
ON_EVERY_EDGE: Operations = (ALL,) * EDGES
