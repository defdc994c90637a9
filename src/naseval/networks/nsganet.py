"""Networks of the NSGA-Net space."""

from collections.abc import Sequence
from functools import partial
from typing import Unpack

from torch import Tensor, nn

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.networks.cells import DiscreteCell, Preprocess
from naseval.networks.evaluation import Skeleton
from naseval.networks.heads import AuxiliaryHead
from naseval.networks.layout import last_side, reductions
from naseval.networks.nsganet_operations import NSGANET_OPERATIONS
from naseval.networks.squeeze_excitation import SqueezeExcitation
from naseval.networks.stack import StackedNetwork, doubled, stacked
from naseval.networks.stems import build_stem

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
