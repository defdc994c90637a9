"""Networks of the DARTS space, in which batch normalisation follows the pools."""

from naseval.genotype import Genotype
from naseval.networks.operations import OPERATIONS
from naseval.networks.shape import Skeleton
from naseval.networks.skeleton import EvaluationNetwork


def build(genotype: Genotype, skeleton: Skeleton) -> EvaluationNetwork:
    """Return the evaluation network of a genotype."""
    return EvaluationNetwork(genotype, OPERATIONS, skeleton)
