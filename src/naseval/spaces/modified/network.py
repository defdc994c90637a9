"""Networks of the modified space and their operations."""

from functools import partial

from naseval.genotype import Genotype
from naseval.networks.operations import OPERATIONS, OperationTable, conv, max_pool, normed
from naseval.networks.shape import Skeleton
from naseval.networks.skeleton import EvaluationNetwork

MODIFIED_OPERATIONS: OperationTable = {
    "max_pool_3x3": OPERATIONS["max_pool_3x3"],
    "max_pool_5x5": normed(partial(max_pool, kernel=5)),
    "skip_connect": OPERATIONS["skip_connect"],
    "conv_1x1": partial(conv, kernel=1),
    "conv_3x3": partial(conv, kernel=3),
    "conv_7x7": partial(conv, kernel=7),
    "conv_11x11": partial(conv, kernel=11),
    "none": OPERATIONS["none"],
}


def build(genotype: Genotype, skeleton: Skeleton) -> EvaluationNetwork:
    """Return the evaluation network of a genotype."""
    return EvaluationNetwork(genotype, MODIFIED_OPERATIONS, skeleton)
