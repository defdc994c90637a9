"""Shapes of markers that matplotlib does not have by name."""

from matplotlib.path import Path
from matplotlib.transforms import Affine2D


def _polygon(*corners: tuple[float, float]) -> Path:
    return Path([*corners, corners[0]], closed=True)


def _half_disc(first: float, last: float, shift: tuple[float, float]) -> Path:
    """Return the half of a disc between two angles (degrees), moved by `shift`."""
    return Path.wedge(first, last).transformed(Affine2D().translate(*shift))


SHAPES = (
    _half_disc(0, 180, (0, -0.5)),
    _polygon((-0.9, -1), (0.9, -1), (-0.9, 1), (0.9, 1)),  # hourglass
    _polygon((-1, -1), (1, -1), (-1, 1)),  # triangle with a right angle
    _polygon((-1, -0.9), (0, -0.1), (1, -0.9), (1, 0.1), (0, 0.9), (-1, 0.1)),  # chevron
    _half_disc(90, 270, (0.5, 0)),
    _polygon((-1, -0.9), (-1, 0.9), (1, -0.9), (1, 0.9)),  # bow tie
    _polygon((-1, -0.7), (0.3, -0.7), (1, 0.7), (-0.3, 0.7)),  # parallelogram
    _polygon((0, 1), (1, 1), (1, 0), (-1, 0), (-1, -1), (0, -1)),  # two squares
)
"""Filled shapes, each as wide or as high as 2, of which no two look alike."""
