"""Networks of the NSGA-Net space and their operations."""

from collections.abc import Sequence
from functools import partial
from typing import Unpack

from torch import Tensor, nn

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.networks.cells import DiscreteCell, Preprocess
from naseval.networks.operations import BARE_POOLS, OPERATIONS, OperationTable, sep_conv
from naseval.networks.skeleton import (
    AuxiliaryHead,
    Skeleton,
    StackedNetwork,
    build_stem,
    doubled,
    last_side,
    reductions,
    stacked,
)
from naseval.networks.squeeze_excitation import SqueezeExcitation


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


SECOND_NORM = 6
"""The layer that the authors' tower for large images lacks."""


class SqueezedCell(DiscreteCell):
    """A cell whose output, all loose ends together, is weighted channel by channel."""

    def __init__(
        self, genotype: Genotype, channels: int, *, reduction: bool, preprocess: Preprocess
    ) -> None:
        cell = genotype.reduce if reduction else genotype.normal
        super().__init__(
            cell, NSGANET_OPERATIONS, channels, reduction=reduction, preprocess=preprocess
        )
        self.squeeze = SqueezeExcitation(self.width, bias=False)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Map the outputs of the two cells before to (B, width, H, W)."""
        output: Tensor = self.squeeze(super().forward(first, second))
        return output


def build(
    genotype: Genotype,
    *,
    squeeze_excitation: bool,
    filter_increment: int | None,
    **skeleton: Unpack[Skeleton],
) -> StackedNetwork:
    """Return the network of a genotype, in the search (with default options) and after it.

    With a `filter_increment` cell i has channels + i × increment, and reductions do not double
    them. Raises `NasevalError` where it is negative or the image size does not fit.
    """
    cells, images, classes = skeleton["cells"], skeleton["images"], skeleton["classes"]
    stem = build_stem(images, skeleton["channels"])
    positions = reductions(cells)
    side = last_side(skeleton["image_size"], stem.stride, len(positions))
    widths = _widths(skeleton["channels"], cells, positions, filter_increment)
    make = partial(SqueezedCell if squeeze_excitation else _plain_cell, genotype)
    stack: list[DiscreteCell] = list(stacked(stem, widths, positions, True, make))
    tower = None
    if skeleton["auxiliary"]:
        tower = _tower(images, stack[positions[-1]].width, side, classes)
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(stack[-1].width, classes))
    return StackedNetwork(stem, stack, head, positions[-1], tower)


def _plain_cell(
    genotype: Genotype, channels: int, *, reduction: bool, preprocess: Preprocess
) -> DiscreteCell:
    cell = genotype.reduce if reduction else genotype.normal
    return DiscreteCell(
        cell, NSGANET_OPERATIONS, channels, reduction=reduction, preprocess=preprocess
    )


def _widths(
    channels: int, cells: int, positions: Sequence[int], increment: int | None
) -> list[int]:
    if increment is None:
        return doubled(channels, cells, positions)
    if increment < 0:
        raise NasevalError(
            f"network option filter_increment is {increment}; choose 0 or more, or null to "
            "double the channels at reductions"
        )
    return [channels + index * increment for index in range(cells)]


def _tower(images: str, width: int, side: int, classes: int) -> nn.Module:
    tower = AuxiliaryHead(width, side, classes)
    if images == "large":
        del tower[SECOND_NORM]
    return tower
