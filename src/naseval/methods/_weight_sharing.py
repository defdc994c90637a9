"""Weight sharing in ENAS and NAO: one copy of every operation per edge and input state.

Only the operations of the current architecture are executed and get gradients.
"""

from collections.abc import Iterable
from functools import reduce

import torch
from torch import Tensor, nn

from naseval.genotype import Cell
from naseval.networks.cells import CellSpec, edge_stride
from naseval.networks.drop_path import DropPath
from naseval.networks.loose_ends import LOOSE_OPERATIONS, Calibrate, initialise, skip_connect
from naseval.networks.normalisation import batch_norm
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS
from naseval.spaces.enas.space import NODES, OPERATIONS


class EdgeBank(nn.Module):
    """One edge of a node, with separate operations for each state that it may read."""

    def __init__(self, sources: int, channels: int, reduction: bool) -> None:
        super().__init__()
        self.operations = nn.ModuleList(
            nn.ModuleDict(
                {
                    name: LOOSE_OPERATIONS[name](channels, edge_stride(source, reduction), True)
                    for name in OPERATIONS
                }
            )
            for source in range(sources)
        )

    def forward(self, states: list[Tensor], operation: str, source: int) -> Tensor:
        """Apply the operation to the state with index `source`."""
        return self.operations[source][operation](states[source])  # type: ignore[index]


class Combine(nn.Module):
    """The normalised sum of the loose ends, each after its own 1x1 convolution."""

    def __init__(self, channels: int, reduction: bool) -> None:
        super().__init__()
        self.halvings = nn.ModuleList(
            skip_connect(channels, edge_stride(index, reduction), True) for index in range(INPUTS)
        )
        self.mixers = nn.ModuleList(
            nn.Conv2d(channels, channels, 1, bias=False) for _ in range(INPUTS + NODES)
        )
        self.norm = batch_norm(channels)

    def forward(self, states: list[Tensor], ends: Iterable[int]) -> Tensor:
        """Map the states with the indices `ends` to (B, channels, H, W)."""
        mixed = (self.mixers[index](torch.relu(self._end(states, index))) for index in ends)
        return self.norm(reduce(torch.add, mixed))

    def _end(self, states: list[Tensor], index: int) -> Tensor:
        return self.halvings[index](states[index]) if index < INPUTS else states[index]


class BankedCell(nn.Module):
    """A cell that can represent any cell of the space. Its output always has `width` channels.

    In a reduction cell, edges from the inputs have stride 2.
    """

    def __init__(self, spec: CellSpec, *, depth_share: float) -> None:
        super().__init__()
        channels, reduction = spec.channels, spec.reduction
        self.width = channels
        self.calibrate = Calibrate(spec)
        self.drop_path = DropPath(depth_share)
        self.edges = nn.ModuleList(
            EdgeBank(INPUTS + node, channels, reduction)
            for node in range(NODES)
            for _ in range(EDGES_PER_NODE)
        )
        self.combine = Combine(channels, reduction)

    def forward(self, first: Tensor, second: Tensor, cell: Cell) -> Tensor:
        """Map the outputs of the two previous cells to (B, channels, H, W), as `cell` defines."""
        states = self.calibrate(first, second)
        banks = iter(self.edges)
        for node in cell.nodes:
            terms = [self._edge(next(banks), states, name, source) for name, source in node]
            states.append(reduce(torch.add, terms))
        return self.combine(states, cell.concat)

    def _edge(self, bank: nn.Module, states: list[Tensor], name: str, source: int) -> Tensor:
        x = bank(states, name, source)
        return x if name == "skip_connect" else self.drop_path(x)


def finish_shared_weights(network: nn.Module) -> None:
    """Initialise all weights, and drop the running statistics.

    Running statistics would mix architectures. Without them, batch normalisation always uses the
    batch, and evaluation mode only turns off dropout and drop path.
    """
    initialise(network)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.track_running_stats = False
            module.running_mean = module.running_var = module.num_batches_tracked = None
