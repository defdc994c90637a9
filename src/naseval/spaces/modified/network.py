"""Networks of the modified space and their operations."""

from functools import partial
from typing import Unpack

from torch import nn

from naseval.genotype import Genotype
from naseval.networks.operations import OPERATIONS, OperationTable, max_pool, normed, relu_conv_norm
from naseval.networks.skeleton import EvaluationNetwork, Skeleton


def plain_conv(channels: int, stride: int, affine: bool, kernel: int) -> nn.Module:
    """Return ReLU, a dense kernel × kernel convolution and batch normalisation."""
    return relu_conv_norm(channels, channels, kernel, stride, affine)


MODIFIED_OPERATIONS: OperationTable = {
    "max_pool_3x3": OPERATIONS["max_pool_3x3"],
    "max_pool_5x5": normed(partial(max_pool, kernel=5)),
    "skip_connect": OPERATIONS["skip_connect"],
    "conv_1x1": partial(plain_conv, kernel=1),
    "conv_3x3": partial(plain_conv, kernel=3),
    "conv_7x7": partial(plain_conv, kernel=7),
    "conv_11x11": partial(plain_conv, kernel=11),
    "none": OPERATIONS["none"],
}


def build(genotype: Genotype, **skeleton: Unpack[Skeleton]) -> EvaluationNetwork:
    """Return the evaluation network of a genotype."""
    return EvaluationNetwork(genotype, MODIFIED_OPERATIONS, **skeleton)
