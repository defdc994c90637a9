"""Networks of the P-DARTS space: bare pools, as in the P-DARTS program."""

from naseval.genotype import Genotype
from naseval.networks.operations import BARE_POOLS, OPERATIONS
from naseval.networks.skeleton import EvaluationNetwork, Skeleton


def build(genotype: Genotype, skeleton: Skeleton) -> EvaluationNetwork:
    """Return the evaluation network of a genotype."""
    return EvaluationNetwork(genotype, {**OPERATIONS, **BARE_POOLS}, skeleton)
