"""The operations of the modified space (paper, section 5.2), as torch modules.

The paper names them only. Read here: a plain convolution is ReLU, convolution, batch
normalisation; pools are followed by batch normalisation, as in the DARTS space.
"""

from functools import partial

from torch import nn

from naseval.networks.operations import (
    OPERATIONS,
    OperationTable,
    max_pool,
    normed,
    relu_conv_norm,
)


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
