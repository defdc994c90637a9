"""Networks of the NSGA-Net space and their operations."""

from functools import partial

from torch import Tensor, nn

from naseval.genotype import Cell, Genotype
from naseval.networks.cells import DiscreteCell, Preprocess
from naseval.networks.normalisation import batch_norm
from naseval.networks.operations import BARE_POOLS, OPERATIONS, OperationTable, sep_conv
from naseval.networks.shape import Skeleton
from naseval.networks.skeleton import AuxiliaryHead, StackedNetwork, build_cells
from naseval.networks.squeeze_excitation import SqueezeExcitation
from naseval.networks.stems import build_stem


def conv_7x1_1x7(channels: int, stride: int, affine: bool) -> nn.Module:
    """Return a dense 7x7 convolution factorised into two convolutions (14 × channels² weights)."""
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(channels, channels, (1, 7), (1, stride), (0, 3), bias=False),
        nn.Conv2d(channels, channels, (7, 1), (stride, 1), (3, 0), bias=False),
        batch_norm(channels, affine=affine),
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


SECOND_NORM = 6
"""Index of the layer that is missing in the authors' tower for large images."""


class SqueezedCell(DiscreteCell):
    """A cell with squeeze-and-excitation on its output, the concatenated loose ends."""

    def __init__(
        self,
        cell: Cell,
        operations: OperationTable,
        channels: int,
        *,
        reduction: bool,
        preprocess: Preprocess,
    ) -> None:
        super().__init__(cell, operations, channels, reduction=reduction, preprocess=preprocess)
        self.squeeze = SqueezeExcitation(self.width, bias=False)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Map the outputs of the two previous cells to (B, width, H, W)."""
        return self.squeeze(super().forward(first, second))


def build(
    genotype: Genotype,
    skeleton: Skeleton,
    *,
    squeeze_excitation: bool,
    filter_increment: int | None,
) -> StackedNetwork:
    """Return the network of a genotype, for the search (with default options) and for evaluation.

    With a `filter_increment`, cell i has channels + i × increment channels and reductions do not
    double them.
    """
    stem = build_stem(skeleton.images, skeleton.channels)
    side, tower_at = skeleton.last_side, skeleton.reductions[-1]
    kind = SqueezedCell if squeeze_excitation else DiscreteCell
    build_cell = partial(kind.of, genotype, NSGANET_OPERATIONS)
    widths = _widths(skeleton, filter_increment)
    cells = list(build_cells(stem, widths, skeleton.reductions, build_cell))
    tower = None
    if skeleton.auxiliary:
        tower = _tower(skeleton.images, cells[tower_at].width, side, skeleton.classes)
    head = nn.Sequential(
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(cells[-1].width, skeleton.classes)
    )
    return StackedNetwork(stem, cells, head, tower_at, tower)


def _widths(skeleton: Skeleton, increment: int | None) -> list[int]:
    if increment is None:
        return skeleton.widths
    return [skeleton.channels + index * increment for index in range(skeleton.cells)]


def _tower(images: str, width: int, side: int, classes: int) -> nn.Module:
    tower = AuxiliaryHead(width, side, classes)
    if images == "large":
        del tower[SECOND_NORM]
    return tower
