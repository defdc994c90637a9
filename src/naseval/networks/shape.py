"""The sizes of networks, and what images they can take. Without torch, so that planning can check.

A network has a stem and cells; each reduction cell halves the side of the feature maps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from naseval.errors import NasevalError

STEM_STRIDES = {"small": 1, "large": 8}
"""Side of the images divided by the side of the stem's output, by the kind of images."""
HALVED_WIDTH = 2
"""Fewest channels of what halves a feature map: two convolutions share them."""


class ShapeError(NasevalError):
    """A network that cannot be built, or cannot take the images. `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def reductions(cells: int) -> tuple[int, ...]:
    """Return the positions, from 0, of the reduction cells at one and two thirds of the depth.

    This is the rule of the authors' program. A network of one cell has one reduction.
    """
    return tuple(dict.fromkeys((cells // 3, 2 * cells // 3)))


def doubled(channels: int, cells: int, reductions: Sequence[int]) -> list[int]:
    """Return the channels of each cell. They double at each reduction."""
    return [channels * 2 ** sum(at <= index for at in reductions) for index in range(cells)]


def last_side(image_size: int, stem_stride: int, halvings: int) -> int:
    """Return the side, in pixels, of the last feature map of a network with so many halvings.

    Raise `ShapeError` if a feature map to be halved has an odd side.
    """
    factor = stem_stride * 2**halvings
    if image_size < 1 or image_size % factor:
        raise ShapeError(
            "image_size",
            f"image_size is {image_size}; this network divides it by {factor}, "
            f"so choose a multiple of {factor}",
        )
    return image_size // factor


@dataclass(frozen=True)
class Skeleton:
    """The size of an evaluation network, without the operations of its cells."""

    images: str
    """kind of images and stem: `small` or `large`"""
    image_size: int
    """side of the images, in pixels"""
    classes: int
    channels: int
    """initial channels; they double at each reduction, except in some spaces"""
    cells: int
    auxiliary: bool
    """true if the network has an auxiliary tower"""

    @property
    def reductions(self) -> tuple[int, ...]:
        """Positions of the reduction cells."""
        return reductions(self.cells)

    @property
    def widths(self) -> list[int]:
        """Channels of each cell, doubled at each reduction."""
        return doubled(self.channels, self.cells, self.reductions)

    @property
    def last_side(self) -> int:
        """The side of the last feature map, in pixels; see the function `last_side`."""
        return last_side(self.image_size, STEM_STRIDES[self.images], len(self.reductions))

    def check(self) -> None:
        """Raise `ShapeError` if no such network can be built, or if it cannot take the images."""
        if self.images not in STEM_STRIDES:
            raise ShapeError("images", f"images is {self.images!r}; choose small or large")
        if self.images == "large":
            check_halved(self.channels)
        _ = self.last_side


def check_halved(channels: int) -> None:
    """Raise `ShapeError` if a feature map of so many channels cannot be halved."""
    if channels < HALVED_WIDTH:
        raise ShapeError(
            "channels",
            f"channels is {channels}, too few where the network halves its feature maps; "
            f"choose {HALVED_WIDTH} or more",
        )
