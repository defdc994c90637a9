"""Networks of the CNAS space and their operations."""

from functools import partial

import torch
from torch import Tensor, nn

from naseval.genotype import Genotype
from naseval.networks.cells import DiscreteCell, Preprocess
from naseval.networks.depthwise import DepthwiseConv2d
from naseval.networks.normalisation import batch_norm
from naseval.networks.operations import BARE_POOLS, OPERATIONS, OperationTable
from naseval.networks.shape import Skeleton
from naseval.networks.skeleton import AuxiliaryHead, StackedNetwork, build_cells
from naseval.networks.squeeze_excitation import SqueezeExcitation
from naseval.networks.stems import LargeStem, Stem, build_stem


def channel_weighting(channels: int, stride: int, affine: bool) -> nn.Module:
    """Return squeeze-and-excitation, followed by a depthwise convolution if the stride is 2."""
    weighting = SqueezeExcitation(channels, bias=True)
    if stride == 1:
        return weighting
    return nn.Sequential(
        weighting,
        DepthwiseConv2d(channels, 3, stride, 1),
        batch_norm(channels, affine=affine),
    )


class ShuffleBlock(nn.Module):
    """A residual block based on ShuffleNet.

    The authors' program uses one group. Therefore the 1x1 convolutions are dense, the bottleneck is
    as wide as the block, and the channel shuffle between the convolutions has no effect.
    """

    def __init__(self, channels: int, stride: int, affine: bool) -> None:
        super().__init__()
        self.shortcut: nn.Module = (
            nn.Identity() if stride == 1 else nn.AvgPool2d(3, stride, padding=1)
        )
        self.residual = nn.Sequential(
            nn.Conv2d(channels, channels, 1, bias=False),
            batch_norm(channels, affine=affine),
            nn.ReLU(),
            DepthwiseConv2d(channels, 3, stride, 1),
            batch_norm(channels, affine=affine),
            nn.Conv2d(channels, channels, 1, bias=False),
            batch_norm(channels, affine=affine),
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
"""Operations of the evaluation network, in which no batch normalisation follows the pools."""

CNAS_SEARCH_OPERATIONS: OperationTable = {
    **CNAS_OPERATIONS,
    **{name: OPERATIONS[name] for name in BARE_POOLS},
}
"""Operations of the supernet, in which batch normalisation follows the pools."""


def build(
    genotype: Genotype, skeleton: Skeleton, *, final_pool: int, preprocess_bn_eps: float
) -> StackedNetwork:
    """Return the evaluation network of a genotype.

    The last feature map is averaged to `final_pool` x `final_pool`. The authors' program uses 2 for
    more than 67 classes, else 1. `preprocess_bn_eps` is the epsilon of batch normalisation in the
    1x1 blocks before each cell. The authors' program uses 1, by mistake.
    """
    stem = cnas_stem(skeleton.images, skeleton.channels)
    side, tower_at = skeleton.last_side, skeleton.reductions[-1]
    build_cell = partial(DiscreteCell.of, genotype, CNAS_OPERATIONS)
    cells = list(build_cells(stem, skeleton.widths, skeleton.reductions, build_cell))
    tower = None
    if skeleton.auxiliary:
        tower = AuxiliaryHead(cells[tower_at].width, side, skeleton.classes)
    head = nn.Sequential(
        _pool(side, final_pool),
        nn.Flatten(),
        nn.Linear(cells[-1].width * final_pool**2, skeleton.classes),
    )
    for cell in cells:
        _set_epsilon(cell.preprocess, preprocess_bn_eps)
    return StackedNetwork(stem, cells, head, tower_at, tower)


def cnas_stem(images: str, channels: int) -> Stem:
    """Return the stem. Unlike in other spaces, the stem for large images has 3 × channels too."""
    return LargeStem(3 * channels) if images == "large" else build_stem(images, channels)


def _pool(side: int, parts: int) -> nn.Module:
    """Average (B, C, side, side) to (B, C, parts, parts). Windows overlap if the side is odd."""
    return nn.AvgPool2d(-(-side // parts), stride=side // parts)


def _set_epsilon(preprocess: Preprocess, epsilon: float) -> None:
    for block in (preprocess.first, preprocess.second):
        if isinstance(block, nn.Sequential):  # `FactorizedReduce` keeps the default epsilon
            for layer in block:
                if isinstance(layer, nn.BatchNorm2d):
                    layer.eps = epsilon
