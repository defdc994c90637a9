"""The operations of the DARTS space, as torch modules.

No convolution has a bias. ReLU is not in place, since other edges read the same input.
"""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor, nn

from naseval.networks.depthwise import DepthwiseConv2d
from naseval.networks.normalisation import batch_norm
from naseval.networks.pointwise import PointwiseConv2d

Operation = Callable[[int, int, bool], nn.Module]
"""A function that maps `(channels, stride, affine)` to a module that keeps the number of channels.

If `affine` is true, batch normalisation has a learnt scale and offset.
"""
OperationTable = Mapping[str, Operation]


class FactorizedReduce(nn.Module):
    """Halve height and width, which must be even, without losing pixels.

    One 1x1 convolution of stride 2 reads the pixels at even positions, a second one those at odd
    positions.
    """

    def __init__(self, channels_in: int, channels_out: int, affine: bool) -> None:
        super().__init__()
        half = channels_out // 2
        self.even = PointwiseConv2d(channels_in, half, stride=2)
        self.odd = PointwiseConv2d(channels_in, channels_out - half, stride=2, start=1)
        self.norm = batch_norm(channels_out, affine=affine)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels_in, H, W) to (B, channels_out, H/2, W/2)."""
        x = torch.relu(x)
        return self.norm(torch.cat([self.even(x), self.odd(x)], dim=1))


class Zero(nn.Module):
    """The operation `none`, which returns zeros."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to zeros (B, C, H / stride, W / stride)."""
        return torch.zeros_like(x[:, :, :: self.stride, :: self.stride])


def relu_conv_norm(
    channels_in: int, channels_out: int, kernel: int, stride: int, affine: bool
) -> nn.Sequential:
    """Return ReLU, a dense convolution and batch normalisation."""
    convolution = (
        PointwiseConv2d(channels_in, channels_out, stride)
        if kernel == 1
        else nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False)
    )
    return nn.Sequential(nn.ReLU(), convolution, batch_norm(channels_out, affine=affine))


def _separable(
    channels: int, stride: int, affine: bool, kernel: int, dilation: int
) -> list[nn.Module]:
    padding = dilation * (kernel // 2)
    return [
        nn.ReLU(),
        DepthwiseConv2d(channels, kernel, stride, padding, dilation),
        nn.Conv2d(channels, channels, 1, bias=False),
        batch_norm(channels, affine=affine),
    ]


def sep_conv(channels: int, stride: int, affine: bool, kernel: int) -> nn.Module:
    """Return two separable convolutions. The first has the stride."""
    return nn.Sequential(
        *_separable(channels, stride, affine, kernel, dilation=1),
        *_separable(channels, 1, affine, kernel, dilation=1),
    )


def dil_conv(channels: int, stride: int, affine: bool, kernel: int) -> nn.Module:
    """Return a separable convolution with dilation 2."""
    return nn.Sequential(*_separable(channels, stride, affine, kernel, dilation=2))


def conv(channels: int, stride: int, affine: bool, kernel: int) -> nn.Module:
    """Return ReLU, a dense kernel × kernel convolution and batch normalisation."""
    return relu_conv_norm(channels, channels, kernel, stride, affine)


def skip_connect(channels: int, stride: int, affine: bool) -> nn.Module:
    """Return the identity, or a `FactorizedReduce` for stride 2."""
    return nn.Identity() if stride == 1 else FactorizedReduce(channels, channels, affine)


def none(_channels: int, stride: int, _affine: bool) -> nn.Module:
    """Return the zero operation."""
    return Zero(stride)


def max_pool(_channels: int, stride: int, _affine: bool, kernel: int) -> nn.Module:
    """Return a max pool without batch normalisation."""
    return nn.MaxPool2d(kernel, stride, kernel // 2)


def avg_pool(_channels: int, stride: int, _affine: bool, kernel: int) -> nn.Module:
    """Return an average pool without batch normalisation. The averages exclude padding."""
    return nn.AvgPool2d(kernel, stride, kernel // 2, count_include_pad=False)


def normed(pool: Operation) -> Operation:
    """Return the pool followed by batch normalisation."""

    def build(channels: int, stride: int, affine: bool) -> nn.Module:
        norm = batch_norm(channels, affine=affine)
        return nn.Sequential(pool(channels, stride, affine), norm)

    return build


BARE_POOLS: OperationTable = {
    "max_pool_3x3": partial(max_pool, kernel=3),
    "avg_pool_3x3": partial(avg_pool, kernel=3),
}

OPERATIONS: OperationTable = {
    **{name: normed(pool) for name, pool in BARE_POOLS.items()},
    "skip_connect": skip_connect,
    "sep_conv_3x3": partial(sep_conv, kernel=3),
    "sep_conv_5x5": partial(sep_conv, kernel=5),
    "dil_conv_3x3": partial(dil_conv, kernel=3),
    "dil_conv_5x5": partial(dil_conv, kernel=5),
    "none": none,
}
"""Operations of the DARTS space. Batch normalisation follows the pools."""
