"""Cells in which the operations read a part of the channels, the first 1/`parts` of a state.

The other channels pass by, max-pooled where the operations halve the side, and all channels are
shuffled, so that the next operations read others. A table of mixing weights has one column more
than there are operations: the weight with which the other channels pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.genotype import Cell
from naseval.methods._gradient.alphas import node_edges
from naseval.methods._supernet.banked_cell import BankedCell, Mixing
from naseval.methods._supernet.cells import EdgeOperations, SearchCell
from naseval.methods._supernet.supernet import BankedSupernet


def shuffled(x: Tensor, parts: int) -> Tensor:
    """Return (B, C, H, W) with its channels dealt out: one of each of the `parts` in turn."""
    return x.unflatten(1, (parts, -1)).transpose(1, 2).flatten(1, 2)


def passing(state: Tensor, beside: Tensor) -> Tensor:
    """Return the channels of a state that no operation reads, with the side of `beside`.

    `beside` (B, c, H', W') is what operations make of the first c channels of the state
    (B, C, H, W), with the same side or half of it.
    """
    others = state[:, beside.shape[1] :]
    return others if beside.shape[-1] == state.shape[-1] else F.max_pool2d(others, 2)


class PartialCell(SearchCell):
    """A cell of mixed operations on the first 1/`parts` of the channels of each state."""

    def __init__(self, edges: EdgeOperations, channels: int, *, parts: int, **rest: Any) -> None:
        super().__init__(edges, channels // parts, **rest)
        self.parts = parts
        self.width *= parts

    def _term(self, edge: nn.Module, state: Tensor, weights: Tensor) -> Tensor:
        mixed = super()._term(edge, state[:, : self.channels], weights[:-1])
        return shuffled(torch.cat([mixed, weights[-1] * passing(state, mixed)], 1), self.parts)


@dataclass(frozen=True)
class PartialMixing(Mixing):
    """The mixing weights of a `PartialBankedCell`."""

    passed: Tensor
    """(edges,), of the channels that pass by."""


class PartialBankedCell(BankedCell):
    """The same cell as `plain`, which loses its weights to it.

    The shuffle is the same for all edges. So it is done once for each node.
    """

    def __init__(self, plain: PartialCell) -> None:
        super().__init__(plain)
        self.parts = plain.parts
        self.rows = node_edges(len(plain.edges))

    def mixing(self, weights: Tensor) -> PartialMixing:
        """Return the mixing weights (edges, K + 1) in the order of the banks."""
        mixing = super().mixing(weights[:, :-1])
        return PartialMixing(mixing.scales, mixing.common, mixing.single, weights[:, -1])

    def _read(self, state: Tensor) -> Tensor:
        return state[:, : self.channels]

    def _node_state(
        self, node: int, terms: Sequence[Tensor], inputs: Sequence[Tensor], mixing: Mixing
    ) -> Tensor:
        mixed = reduce(torch.add, terms)
        rows = self.rows[node]
        weights = cast(PartialMixing, mixing).passed[rows.start : rows.stop].unbind()
        others = reduce(
            torch.add,
            (
                weight * passing(state, mixed)
                for weight, state in zip(weights, inputs[: len(rows)], strict=True)
            ),
        )
        return shuffled(torch.cat([mixed, others], 1), self.parts)


class PartialBankedSupernet(BankedSupernet):
    """A `BankedSupernet` of cells with partial channels."""

    banked_cell = PartialBankedCell

    def _choosing(self, chosen: Cell, edges: EdgeOperations) -> Tensor | None:
        """Return a table whose last column has the other channels of the chosen edges pass by."""
        table = super()._choosing(chosen, edges)
        return None if table is None else torch.cat([table, table.sum(1, keepdim=True)], 1)
