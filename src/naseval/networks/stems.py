"""Stems, which map images to the two states that the first cell reads."""

from typing import Protocol

from torch import Tensor, nn

from naseval.errors import NasevalError
from naseval.networks.normalisation import batch_norm
from naseval.networks.shape import STEM_STRIDES


class Stem(Protocol):
    """Layers from images to the two states that the first cell reads."""

    width: int
    """Channels of both states."""
    stride: int
    """Image side divided by the side of the second state."""
    halves: bool
    """True if the second state has half the side of the first."""

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map images (B, 3, S, S) to the two states."""


class SmallStem(nn.Module):
    """One 3x3 convolution at full resolution; both states are its output."""

    stride = STEM_STRIDES["small"]
    halves = False

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1, bias=False), batch_norm(width)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (B, 3, S, S) to (B, width, S, S), returned twice."""
        x = self.layers(x)
        return x, x


class LargeStem(nn.Module):
    """Three 3x3 convolutions of stride 2, as in the authors' program for 224x224 images."""

    stride = STEM_STRIDES["large"]
    halves = True

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.first = nn.Sequential(
            nn.Conv2d(3, width // 2, 3, stride=2, padding=1, bias=False),
            batch_norm(width // 2),
            nn.ReLU(),
            nn.Conv2d(width // 2, width, 3, stride=2, padding=1, bias=False),
            batch_norm(width),
        )
        self.second = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(width, width, 3, stride=2, padding=1, bias=False),
            batch_norm(width),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (B, 3, S, S) to (B, width, S/4, S/4) and (B, width, S/8, S/8)."""
        first = self.first(x)
        return first, self.second(first)


def build_stem(images: str, channels: int) -> Stem:
    """Return the stem for `small` images (3 × channels) or `large` images (channels)."""
    if images == "small":
        return SmallStem(3 * channels)
    if images == "large":
        return LargeStem(channels)
    raise NasevalError(f"images is {images!r}; choose small or large")
