"""The evaluation networks: a stem, a stack of cells, a head and an optional auxiliary tower.

`CellNetwork` has the common forward pass. `EvaluationNetwork` is the network of the DARTS family.
The networks of ENAS and NAO are in `loose_ends`, those of CNAS and NSGA-Net in their spaces.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeVar

from torch import Tensor, nn
from torch.nn import functional as F

from naseval.genotype import Genotype
from naseval.networks.cells import CellSpec, DiscreteCell
from naseval.networks.normalisation import batch_norm
from naseval.networks.operations import OperationTable
from naseval.networks.shape import Skeleton
from naseval.networks.stems import Stem, build_stem


class StackedCell(Protocol):
    """A cell that reads the outputs of the two previous cells."""

    width: int
    """Channels of the output."""


C = TypeVar("C", bound=StackedCell)


def build_cells(
    stem: Stem, widths: Sequence[int], reductions: Sequence[int], build: Callable[[CellSpec], C]
) -> Iterator[C]:
    """Build one cell per entry of `widths`, in order. `reductions` are the reduction cells."""
    inputs, halve_first = (stem.width, stem.width), stem.halves
    for index, channels in enumerate(widths):
        reduction = index in reductions
        cell = build(CellSpec(index, channels, reduction, inputs, halve_first))
        yield cell
        inputs, halve_first = (inputs[1], cell.width), reduction


class CellNetwork(nn.Module):
    """A stem, cells that read the two previous outputs, a head and an optional auxiliary tower.

    A subclass defines the module `head`, which maps the last cell's output to logits, or overrides
    `classify`.

    Parameters
    ----------
    stem
        Maps images to the two states that the first cell reads.
    cells
        The cells in order; a generator is consumed one cell at a time.
    tower_at
        Position of the cell whose output the auxiliary tower classifies.
    tower
        Builds the tower from that cell's width, directly after the cell. None: no tower.

    """

    head: nn.Module

    def __init__(
        self,
        stem: Stem,
        cells: Iterable[StackedCell],
        tower_at: int,
        tower: Callable[[int], nn.Module] | None,
    ) -> None:
        super().__init__()
        self.stem = stem
        self.cells = nn.ModuleList()
        self.tower_at = tower_at
        self.auxiliary: nn.Module | None = None
        for index, cell in enumerate(cells):
            assert isinstance(cell, nn.Module)
            self.cells.append(cell)
            self.width = cell.width
            if tower is not None and index == tower_at:
                self.auxiliary = tower(cell.width)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits (B, classes) and, in training with a tower, tower logits."""
        auxiliary = None
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            first, second = second, cell(first, second)
            if self.training and self.auxiliary is not None and index == self.tower_at:
                auxiliary = self.auxiliary(second)
        return self.classify(second), auxiliary

    def classify(self, x: Tensor) -> Tensor:
        """Map the last cell's output (B, width, H, W) to logits (B, classes)."""
        return self.head(x)


class EvaluationNetwork(CellNetwork):
    """The evaluation network of the DARTS family, with a linear classifier.

    Raise `NasevalError` if the image size is not divisible as the reductions require.
    """

    def __init__(self, genotype: Genotype, operations: OperationTable, skeleton: Skeleton) -> None:
        stem = build_stem(skeleton.images, skeleton.channels)
        build = partial(DiscreteCell.of, genotype, operations)
        tower = partial(AuxiliaryHead, side=skeleton.last_side, classes=skeleton.classes)
        super().__init__(
            stem,
            build_cells(stem, skeleton.widths, skeleton.reductions, build),
            tower_at=skeleton.reductions[-1],
            tower=tower if skeleton.auxiliary else None,
        )
        self.classifier = nn.Linear(self.width, skeleton.classes)

    def classify(self, x: Tensor) -> Tensor:
        """Map the last cell's output (B, width, H, W) to logits (B, classes)."""
        return self.classifier(global_average(x))


class StackedNetwork(CellNetwork):
    """A `CellNetwork` from modules that are already built."""

    def __init__(
        self,
        stem: Stem,
        cells: Sequence[StackedCell],
        head: nn.Module,
        tower_at: int,
        auxiliary: nn.Module | None,
    ) -> None:
        super().__init__(stem, cells, tower_at, tower=None)
        self.head = head
        self.auxiliary = auxiliary


def global_average(x: Tensor) -> Tensor:
    """Return the mean of each channel, (B, C), of square maps (B, C, S, S).

    Unlike the gradient of `Tensor.mean`, that of a pool keeps the memory format.
    """
    return F.avg_pool2d(x, x.shape[-1]).flatten(1)


def pool_to_2x2(side: int) -> nn.Module:
    """Return average pooling to 2x2, with 5x5 windows or, below 6x6, with smaller windows.

    The stride is 3 on an 8x8 map and 2 on a 7x7 map, as in the authors' program. Smaller maps occur
    only in networks smaller than the paper's.
    """
    return nn.AvgPool2d(5, stride=side - 5) if side > 5 else nn.AdaptiveAvgPool2d(2)


class AuxiliaryHead(nn.Sequential):
    """Auxiliary tower: maps (B, channels, side, side) to logits (B, classes)."""

    def __init__(self, channels: int, side: int, classes: int) -> None:
        super().__init__(
            nn.ReLU(),
            pool_to_2x2(side),
            nn.Conv2d(channels, 128, 1, bias=False),
            batch_norm(128),
            nn.ReLU(),
            nn.Conv2d(128, 768, 2, bias=False),
            batch_norm(768),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(768, classes),
        )
