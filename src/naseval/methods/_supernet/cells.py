"""The plain cell of a supernet, with one module per operation and edge."""

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor, nn

from naseval.networks.cells import Preprocess, edge_stride
from naseval.networks.operations import OPERATIONS, OperationTable

EdgeOperations = Sequence[Sequence[str]]
"""The remaining operations on each edge of a cell, in node order."""


class MixedOperation(nn.Module):
    """The weighted sum of an edge's operations."""

    def __init__(
        self, names: Sequence[str], channels: int, stride: int, table: OperationTable
    ) -> None:
        super().__init__()
        self.names = tuple(names)
        self.operations = nn.ModuleList(table[name](channels, stride, False) for name in names)

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        """Map (B, C, H, W) to the sum of the operations with weights (K,)."""
        terms = (w * operation(x) for w, operation in zip(weights, self.operations, strict=True))
        return reduce(torch.add, terms)


class SearchCell(nn.Module):
    """A cell in which each node reads all earlier states."""

    def __init__(
        self,
        edges: EdgeOperations,
        channels: int,
        *,
        reduction: bool,
        preprocess: Preprocess,
        table: OperationTable = OPERATIONS,
    ) -> None:
        super().__init__()
        self.preprocess = preprocess
        self.channels = channels
        self.edges = nn.ModuleList()
        self.nodes = 0
        while len(self.edges) < len(edges):
            for source in range(2 + self.nodes):
                names = edges[len(self.edges)]
                stride = edge_stride(source, reduction)
                self.edges.append(MixedOperation(names, channels, stride, table))
            self.nodes += 1
        self.width = self.nodes * channels

    def forward(self, first: Tensor, second: Tensor, weights: Tensor) -> Tensor:
        """Map the outputs of the two previous cells and weights (edges, K) to (B, width, H, W)."""
        states = self.preprocess(first, second)
        mixed = iter(list(zip(self.edges, weights, strict=True)))
        for _ in range(self.nodes):
            terms = []
            for state in states:
                edge, row = next(mixed)
                terms.append(self._term(edge, state, row))
            states.append(reduce(torch.add, terms))
        return torch.cat(states[2:], dim=1)

    def _term(self, edge: nn.Module, state: Tensor, weights: Tensor) -> Tensor:
        """Return what an edge with the weights (K,) makes of a state (B, C, H, W)."""
        term: Tensor = edge(state, weights)
        return term
