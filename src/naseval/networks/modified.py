"""Networks of the modified space."""

from typing import Unpack

from naseval.genotype import Genotype
from naseval.networks.evaluation import EvaluationNetwork, Skeleton
from naseval.networks.modified_operations import MODIFIED_OPERATIONS


def build(genotype: Genotype, **skeleton: Unpack[Skeleton]) -> EvaluationNetwork:
    """Return the evaluation network of a genotype."""
    return EvaluationNetwork(genotype, MODIFIED_OPERATIONS, **skeleton)
