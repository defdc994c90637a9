"""What surrounds the cells of a network: where it reduces, stems, heads, and the stack of cells."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypedDict, TypeVar, Unpack

from torch import Tensor, nn

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.networks.cells import DiscreteCell, Preprocess
from naseval.networks.operations import OperationTable


def reductions(cells: int) -> tuple[int, ...]:
    """Return the 0-based positions of the reduction cells, at one and two thirds of the depth.

    So does the authors' program; a network of one cell reduces once.
    """
    return tuple(dict.fromkeys((cells // 3, 2 * cells // 3)))


def last_side(image_size: int, stem_stride: int, halvings: int) -> int:
    """Return the side of the last map, in pixels, of a network that halves its maps so often.

    Raises `NasevalError` where a map to be halved would have an odd side.
    """
    factor = stem_stride * 2**halvings
    if image_size < 1 or image_size % factor:
        raise NasevalError(
            f"image_size is {image_size}; this network divides it by {factor}, "
            f"so choose a multiple of {factor}"
        )
    return image_size // factor


class Stem(Protocol):
    """Turns images into the two states that the first cell reads."""

    width: int
    """Channels of both states."""
    stride: int
    """Image side divided by the side of the second state."""
    halves: bool
    """Whether the second state has half the side of the first."""

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map images (B, 3, S, S) to the two states."""


class SmallStem(nn.Module):
    """One 3x3 convolution at full resolution; both states are its output."""

    stride = 1
    halves = False

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (B, 3, S, S) to twice the same (B, width, S, S)."""
        x = self.layers(x)
        return x, x


class LargeStem(nn.Module):
    """Three 3x3 convolutions of stride 2, as in the authors' program for 224x224 images."""

    stride = 8
    halves = True

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.first = nn.Sequential(
            nn.Conv2d(3, width // 2, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width // 2),
            nn.ReLU(),
            nn.Conv2d(width // 2, width, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.second = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(width, width, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Map (B, 3, S, S) to (B, width, S/4, S/4) and (B, width, S/8, S/8)."""
        first = self.first(x)
        return first, self.second(first)


def build_stem(images: str, channels: int) -> Stem:
    """Return the stem for `small` images (3 × channels wide) or `large` ones (channels wide)."""
    if images == "small":
        return SmallStem(3 * channels)
    if images == "large":
        return LargeStem(channels)
    raise NasevalError(f"images is {images!r}; choose small or large")


def _pool_to_2x2(side: int) -> nn.Module:
    """Average to 2x2: 5x5 windows as far apart as fits, smaller ones on maps below 6x6.

    The stride is 3 on an 8x8 map and 2 on a 7x7 map, as in the authors' program; maps too small
    for two such windows occur only in networks smaller than the paper's.
    """
    return nn.AvgPool2d(5, stride=side - 5) if side > 5 else nn.AdaptiveAvgPool2d(2)


class AuxiliaryHead(nn.Sequential):
    """Classifies an intermediate map (B, channels, side, side) into logits (B, classes)."""

    def __init__(self, channels: int, side: int, classes: int) -> None:
        super().__init__(
            nn.ReLU(),
            _pool_to_2x2(side),
            nn.Conv2d(channels, 128, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.Conv2d(128, 768, 2, bias=False),
            nn.BatchNorm2d(768),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(768, classes),
        )


class StackedCell(Protocol):
    """A cell that reads the two before it."""

    width: int
    """Channels of its output."""


C = TypeVar("C", bound=StackedCell, covariant=True)


class MakeCell(Protocol[C]):
    """Builds a cell of so many channels."""

    def __call__(self, channels: int, *, reduction: bool, preprocess: Preprocess) -> C: ...


def doubled(channels: int, cells: int, reductions: Sequence[int]) -> list[int]:
    """Return each cell's channels, twice as many from each reduction on."""
    return [channels * 2 ** sum(at <= index for at in reductions) for index in range(cells)]


def stacked(
    stem: Stem, widths: Sequence[int], reductions: Sequence[int], affine: bool, make: MakeCell[C]
) -> Iterator[C]:
    """Build one cell per entry of `widths`, each on the outputs of the two before it.

    `affine` says whether batch normalisation of the inputs has a learnt scale and offset.
    """
    inputs, halve = (stem.width, stem.width), stem.halves
    for index, channels in enumerate(widths):
        reduction = index in reductions
        preprocess = Preprocess(inputs, channels, halve, affine)
        cell = make(channels, reduction=reduction, preprocess=preprocess)
        yield cell
        inputs, halve = (inputs[1], cell.width), reduction


class StackedNetwork(nn.Module):
    """A stem, cells, a head, and maybe an auxiliary tower on the cell at `tower_at`."""

    def __init__(
        self,
        stem: Stem,
        cells: Sequence[nn.Module],
        head: nn.Module,
        tower_at: int,
        auxiliary: nn.Module | None,
    ) -> None:
        super().__init__()
        self.stem = stem
        self.cells = nn.ModuleList(cells)
        self.head = head
        self.tower_at = tower_at
        self.auxiliary = auxiliary

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits and, in training with a tower, auxiliary logits."""
        auxiliary = None
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            first, second = second, cell(first, second)
            if self.training and self.auxiliary is not None and index == self.tower_at:
                auxiliary = self.auxiliary(second)
        return self.head(second), auxiliary


class Skeleton(TypedDict):
    """What is around the cells."""

    images: str
    """`small` or `large`: the stem"""
    image_size: int
    """side of the images, in pixels"""
    classes: int
    channels: int
    """initial channels; they double at each reduction"""
    cells: int
    auxiliary: bool
    """whether there is an auxiliary tower, on the second reduction cell's output"""


class EvaluationNetwork(nn.Module):
    """A stem, cells that reduce at one and two thirds of the depth, and a linear classifier.

    Raises `NasevalError` where the image size does not divide as the reductions need.
    """

    def __init__(
        self, genotype: Genotype, operations: OperationTable, **skeleton: Unpack[Skeleton]
    ) -> None:
        super().__init__()
        cells, channels = skeleton["cells"], skeleton["channels"]
        self.stem = build_stem(skeleton["images"], channels)
        positions = reductions(cells)
        self.tower_at = positions[-1]
        side = last_side(skeleton["image_size"], self.stem.stride, len(positions))
        widths, halve = (self.stem.width, self.stem.width), self.stem.halves
        self.cells = nn.ModuleList()
        self.auxiliary: nn.Module | None = None
        for index in range(cells):
            reduction = index in positions
            channels *= 2 if reduction else 1
            cell = DiscreteCell(
                genotype.reduce if reduction else genotype.normal,
                operations,
                channels,
                reduction=reduction,
                preprocess=Preprocess(widths, channels, halve, affine=True),
            )
            self.cells.append(cell)
            widths, halve = (widths[1], cell.width), reduction
            if skeleton["auxiliary"] and index == self.tower_at:
                self.auxiliary = AuxiliaryHead(cell.width, side, skeleton["classes"])
        self.classifier = nn.Linear(widths[1], skeleton["classes"])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits and, in training with a tower, auxiliary logits."""
        auxiliary = None
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            first, second = second, cell(first, second)
            if self.training and self.auxiliary is not None and index == self.tower_at:
                auxiliary = self.auxiliary(second)
        return self.classifier(second.mean(dim=(2, 3))), auxiliary
