"""The operations of the NSGA-Net space, as torch modules; pools are bare."""

from functools import partial

from torch import nn

from naseval.networks.operations import BARE_POOLS, OPERATIONS, OperationTable, sep_conv


def conv_7x1_1x7(channels: int, stride: int, affine: bool) -> nn.Module:
    """Return a dense 7x7 convolution in two factors, 14 × channels² weights."""
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(channels, channels, (1, 7), (1, stride), (0, 3), bias=False),
        nn.Conv2d(channels, channels, (7, 1), (stride, 1), (3, 0), bias=False),
        nn.BatchNorm2d(channels, affine=affine),
    )


NSGANET_OPERATIONS: OperationTable = {
    **BARE_POOLS,
    "skip_connect": OPERATIONS["skip_connect"],
    "sep_conv_3x3": OPERATIONS["sep_conv_3x3"],
    "sep_conv_5x5": OPERATIONS["sep_conv_5x5"],
    "dil_conv_3x3": OPERATIONS["dil_conv_3x3"],
    "dil_conv_5x5": OPERATIONS["dil_conv_5x5"],
    "sep_conv_7x7": partial(sep_conv, kernel=7),
    "conv_7x1_1x7": conv_7x1_1x7,
}
