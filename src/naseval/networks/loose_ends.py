"""The evaluation networks of ENAS and NAO: cells that put out their loose ends.

Unlike in the DARTS networks, a cell's inputs are brought to its width only where they differ,
strided identities have no ReLU, pools no batch normalisation, and drop path grows with depth.
"""

from collections.abc import Callable
from functools import reduce
from typing import Unpack

import torch
from torch import Tensor, nn

from naseval.genotype import Cell, Genotype
from naseval.networks.cells import edge_stride
from naseval.networks.drop_path import ScaledDropPath
from naseval.networks.operations import (
    BARE_POOLS,
    OPERATIONS,
    FactorizedReduce,
    OperationTable,
    relu_conv_norm,
)
from naseval.networks.skeleton import Skeleton, build_stem, last_side, reductions


class Halving(nn.Module):
    """A `FactorizedReduce` without the ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        half = channels_out // 2
        self.even = nn.Conv2d(channels_in, half, 1, stride=2, bias=False)
        self.odd = nn.Conv2d(channels_in, channels_out - half, 1, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels_in, H, W) to (B, channels_out, H/2, W/2)."""
        norm: Tensor = self.norm(torch.cat([self.even(x), self.odd(x[:, :, 1:, 1:])], dim=1))
        return norm


def skip_connect(channels: int, stride: int, _affine: bool) -> nn.Module:
    """Return the identity, or for stride 2 a `Halving`."""
    return nn.Identity() if stride == 1 else Halving(channels, channels)


LOOSE_OPERATIONS: OperationTable = {
    "sep_conv_3x3": OPERATIONS["sep_conv_3x3"],
    "sep_conv_5x5": OPERATIONS["sep_conv_5x5"],
    **BARE_POOLS,
    "skip_connect": skip_connect,
}


class Calibrate(nn.Module):
    """Bring the inputs of a cell to its width and to one resolution, where they are not so yet.

    `widths` are the inputs' channels; `halve_first` says that the first has twice the side.
    """

    def __init__(self, widths: tuple[int, int], channels: int, halve_first: bool) -> None:
        super().__init__()
        self.first: nn.Module = (
            FactorizedReduce(widths[0], channels, affine=True)
            if halve_first
            else _fitted(widths[0], channels)
        )
        self.second = _fitted(widths[1], channels)

    def forward(self, first: Tensor, second: Tensor) -> list[Tensor]:
        """Return the states that the first node may read."""
        return [self.first(first), self.second(second)]


def _fitted(width: int, channels: int) -> nn.Module:
    return nn.Identity() if width == channels else relu_conv_norm(width, channels, 1, 1, True)


class LooseEndCell(nn.Module):
    """A cell whose output, (B, width, H, W), is the concatenation of its loose ends."""

    def __init__(
        self,
        cell: Cell,
        operations: OperationTable,
        channels: int,
        *,
        reduction: bool,
        calibrate: nn.Module,
        depth_share: float,
    ) -> None:
        super().__init__()
        self.cell = cell
        self.width = channels * len(cell.concat)
        self.calibrate = calibrate
        self.drop_path = ScaledDropPath(depth_share)
        self.edges = nn.ModuleList(
            operations[name](channels, edge_stride(source, reduction), True)
            for node in cell.nodes
            for name, source in node
        )
        self.ends = nn.ModuleList(
            skip_connect(channels, edge_stride(index, reduction), True) for index in cell.concat
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Map the outputs of the two cells before to (B, width, H, W)."""
        states = self.calibrate(first, second)
        edges = iter(self.edges)
        for node in self.cell.nodes:
            terms = [self._edge(next(edges), name, states[source]) for name, source in node]
            states.append(reduce(torch.add, terms))
        ends = zip(self.ends, self.cell.concat, strict=True)
        return torch.cat([end(states[index]) for end, index in ends], dim=1)

    def _edge(self, operation: nn.Module, name: str, state: Tensor) -> Tensor:
        """Apply an operation with drop path, which no identity has, strided or not."""
        value: Tensor = operation(state)
        if name != "skip_connect":
            value = self.drop_path(value)
        return value


class LooseEndNetwork(nn.Module):
    """A stem, cells that reduce at one and two thirds of the depth, a tower and a head.

    `tower` is built of (channels, side) and stands on the output of cell `tower_at`, `head` of
    the channels that it reads, `calibrate` of what `Calibrate` takes. Raises `NasevalError` where
    the image size does not divide as the reductions need.
    """

    def __init__(
        self,
        genotype: Genotype,
        operations: OperationTable,
        *,
        calibrate: Callable[[tuple[int, int], int, bool], nn.Module],
        tower: Callable[[int, int], nn.Module],
        tower_at: int,
        head: Callable[[int], nn.Module],
        **skeleton: Unpack[Skeleton],
    ) -> None:
        super().__init__()
        cells, channels = skeleton["cells"], skeleton["channels"]
        self.stem = build_stem(skeleton["images"], channels)
        positions = reductions(cells)
        side = last_side(skeleton["image_size"], self.stem.stride, len(positions))
        widths, halve = (self.stem.width, self.stem.width), self.stem.halves
        self.cells = nn.ModuleList()
        self.tower_at = tower_at
        self.auxiliary: nn.Module | None = None
        for index in range(cells):
            reduction = index in positions
            channels *= 2 if reduction else 1
            cell = LooseEndCell(
                genotype.reduce if reduction else genotype.normal,
                operations,
                channels,
                reduction=reduction,
                calibrate=calibrate(widths, channels, halve),
                depth_share=(index + 1) / cells,
            )
            self.cells.append(cell)
            widths, halve = (widths[1], cell.width), reduction
            if skeleton["auxiliary"] and index == tower_at:
                self.auxiliary = tower(cell.width, side)
        self.head = head(widths[1])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits and, in training with a tower, auxiliary logits."""
        auxiliary = None
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            first, second = second, cell(first, second)
            if self.training and self.auxiliary is not None and index == self.tower_at:
                auxiliary = self.auxiliary(second)
        return self.head(second), auxiliary
