"""Cells stacked on a stem, for networks whose parts are not those of the DARTS family."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from torch import Tensor, nn

from naseval.networks.cells import Preprocess
from naseval.networks.stems import Stem


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
