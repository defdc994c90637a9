"""The evaluation networks of ENAS and NAO, whose cells concatenate their loose ends.

They differ from the DARTS networks as follows. A cell's inputs pass a 1x1 block only if their shape
differs from the cell's. Strided identities have no ReLU, pools have no batch normalisation, and
drop path grows with depth.
"""

from collections.abc import Callable
from functools import reduce

import torch
from torch import Tensor, nn

from naseval.genotype import Cell, Genotype
from naseval.networks.cells import CellSpec, edge_stride
from naseval.networks.drop_path import DropPath
from naseval.networks.normalisation import batch_norm
from naseval.networks.operations import (
    BARE_POOLS,
    OPERATIONS,
    FactorizedReduce,
    OperationTable,
    relu_conv_norm,
)
from naseval.networks.pointwise import PointwiseConv2d
from naseval.networks.shape import Skeleton
from naseval.networks.skeleton import CellNetwork, build_cells
from naseval.networks.stems import build_stem


class Halving(nn.Module):
    """A `FactorizedReduce` without the ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        half = channels_out // 2
        self.even = PointwiseConv2d(channels_in, half, stride=2)
        self.odd = PointwiseConv2d(channels_in, channels_out - half, stride=2, start=1)
        self.norm = batch_norm(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels_in, H, W) to (B, channels_out, H/2, W/2)."""
        return self.norm(torch.cat([self.even(x), self.odd(x)], dim=1))


def skip_connect(channels: int, stride: int, _affine: bool) -> nn.Module:
    """Return the identity, or a `Halving` for stride 2."""
    return nn.Identity() if stride == 1 else Halving(channels, channels)


LOOSE_OPERATIONS: OperationTable = {
    "sep_conv_3x3": OPERATIONS["sep_conv_3x3"],
    "sep_conv_5x5": OPERATIONS["sep_conv_5x5"],
    **BARE_POOLS,
    "skip_connect": skip_connect,
}


class Calibrate(nn.Module):
    """Bring the inputs of a cell to its number of channels and resolution, if they differ."""

    def __init__(self, spec: CellSpec) -> None:
        super().__init__()
        first, second = spec.inputs
        self.first: nn.Module = (
            FactorizedReduce(first, spec.channels, affine=True)
            if spec.halve_first
            else _fitted(first, spec.channels)
        )
        self.second = _fitted(second, spec.channels)

    def forward(self, first: Tensor, second: Tensor) -> list[Tensor]:
        """Map the outputs of the two previous cells to the first two states of the cell."""
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
        self.drop_path = DropPath(depth_share)
        self.edges = nn.ModuleList(
            operations[name](channels, edge_stride(source, reduction), True)
            for node in cell.nodes
            for name, source in node
        )
        self.ends = nn.ModuleList(
            skip_connect(channels, edge_stride(index, reduction), True) for index in cell.concat
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Map the outputs of the two previous cells to (B, width, H, W)."""
        states = self.calibrate(first, second)
        edges = iter(self.edges)
        for node in self.cell.nodes:
            terms = [self._edge(next(edges), name, states[source]) for name, source in node]
            states.append(reduce(torch.add, terms))
        ends = zip(self.ends, self.cell.concat, strict=True)
        return torch.cat([end(states[index]) for end, index in ends], dim=1)

    def _edge(self, operation: nn.Module, name: str, state: Tensor) -> Tensor:
        """Apply an operation and drop path. Identities, strided or not, have no drop path."""
        x = operation(state)
        return x if name == "skip_connect" else self.drop_path(x)


def initialise(network: nn.Module) -> None:
    """Draw all weights from He's normal distribution, as the programs of ENAS and NAO do.

    They do so in the search and in augmentation. (Paper, appendix A.1, has it for ENAS's search.)
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight)


class LooseEndNetwork(CellNetwork):
    """The evaluation network of ENAS and NAO.

    `calibrate` builds the module before each cell, like `Calibrate`. `tower` builds the auxiliary
    tower from the channels and the side of its input, and `head` builds the head from the channels.
    Raise `NasevalError` if the image size is not divisible as the reductions require.
    """

    def __init__(
        self,
        genotype: Genotype,
        operations: OperationTable,
        skeleton: Skeleton,
        *,
        calibrate: Callable[[CellSpec], nn.Module],
        tower: Callable[[int, int], nn.Module],
        tower_at: int,
        head: Callable[[int], nn.Module],
    ) -> None:
        stem = build_stem(skeleton.images, skeleton.channels)
        side = skeleton.last_side

        def build(spec: CellSpec) -> LooseEndCell:
            return LooseEndCell(
                genotype.cell(spec.reduction),
                operations,
                spec.channels,
                reduction=spec.reduction,
                calibrate=calibrate(spec),
                depth_share=(spec.index + 1) / skeleton.cells,
            )

        super().__init__(
            stem,
            build_cells(stem, skeleton.widths, skeleton.reductions, build),
            tower_at,
            tower=(lambda width: tower(width, side)) if skeleton.auxiliary else None,
        )
        self.head = head(self.width)
        initialise(self)
