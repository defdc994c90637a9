"""The operations of the CNAS space, as torch modules."""

import torch
from torch import Tensor, nn

from naseval.networks.operations import BARE_POOLS, OPERATIONS, OperationTable
from naseval.networks.squeeze_excitation import SqueezeExcitation


def channel_weighting(channels: int, stride: int, affine: bool) -> nn.Module:
    """Return squeeze-and-excitation; for stride 2 a depthwise convolution follows."""
    weighting = SqueezeExcitation(channels, bias=True)
    if stride == 1:
        return weighting
    return nn.Sequential(
        weighting,
        nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
        nn.BatchNorm2d(channels, affine=affine),
    )


class ShuffleBlock(nn.Module):
    """A residual block after ShuffleNet.

    The authors' program gives it one group, so that its 1x1 convolutions are dense, the
    bottleneck is as wide as the block, and the channel shuffle between them moves nothing.
    """

    def __init__(self, channels: int, stride: int, affine: bool) -> None:
        super().__init__()
        self.shortcut: nn.Module = (
            nn.Identity() if stride == 1 else nn.AvgPool2d(3, stride, padding=1)
        )
        self.residual = nn.Sequential(
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels, affine=affine),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
            nn.BatchNorm2d(channels, affine=affine),
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels, affine=affine),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels, H, W) to (B, channels, H / stride, W / stride)."""
        return torch.relu(self.residual(x) + self.shortcut(x))


CNAS_OPERATIONS: OperationTable = {
    "none": OPERATIONS["none"],
    "skip_connect": OPERATIONS["skip_connect"],
    "cweight_com": channel_weighting,
    **BARE_POOLS,
    "sep_conv_3x3": OPERATIONS["sep_conv_3x3"],
    "dil_conv_3x3": OPERATIONS["dil_conv_3x3"],
    "shuffle_conv_3x3": ShuffleBlock,
}
"""Of the evaluation network, where pools are bare."""

CNAS_SEARCH_OPERATIONS: OperationTable = {
    **CNAS_OPERATIONS,
    **{name: OPERATIONS[name] for name in BARE_POOLS},
}
"""Of the supernet, where pools are followed by batch normalisation."""
