"""A cell that executes the operations of all edges with the same input state together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.methods._supernet.banks import Bank
from naseval.methods._supernet.cells import MixedOperation, SearchCell
from naseval.methods._supernet.state_bank import Occurrence, Place, StateBank

PlainNames = dict[str, list[tuple[str, ...]]]
"""For each tensor, the plain form's names of every part along its first dimension."""


@dataclass(frozen=True)
class Mixing:
    """The mixing weights of a cell, in the order in which its banks need them."""

    scales: Tensor
    """(S,), of all outputs of batch normalisations that belong to one edge; 1 within operations."""
    common: tuple[Tensor, ...]
    """For each state, (readers, P) of the P outputs that are equal for all edges."""
    single: tuple[Tensor, ...]
    """Scalars, of the operations that are executed one by one."""


class BankedCell(nn.Module):
    """The same cell as `plain`, which loses its weights to it."""

    def __init__(self, plain: SearchCell) -> None:
        super().__init__()
        self.preprocess, self.channels, self.nodes = plain.preprocess, plain.channels, plain.nodes
        self.width = plain.width
        self.states = nn.ModuleList(
            StateBank(_occurrences(plain, source), len(_targets(source, plain.nodes)))
            for source in range(1 + plain.nodes)
        )
        self.plain_names = _plain_names(self, plain)
        edges = [cast(MixedOperation, edge) for edge in plain.edges]
        self.register_buffer(
            "order", self._order(len(edges[0].names), len(edges)), persistent=False
        )

    def mixing(self, weights: Tensor) -> Mixing:
        """Return the mixing weights (edges, K) in the order of the banks."""
        padded = F.pad(F.pad(weights.flatten(), (0, 1)), (0, 1), value=1.0)
        states = self._states
        scales = sum(state.scales for state in states)
        common = [state.readers * len(state.common) for state in states]
        single = sum(len(state.single) for state in states)
        chosen = padded.index_select(0, cast(Tensor, self.order))
        of_scales, *of_common, of_single = chosen.split([scales, *common, single])
        tables = [
            table.view(state.readers, len(state.common))
            for table, state in zip(of_common, states, strict=True)
        ]
        return Mixing(of_scales, tuple(tables), of_single.unbind())

    def forward(self, first: Tensor, second: Tensor, mixing: Mixing) -> Tensor:
        """Map the outputs of the two previous cells to (B, width, H, W)."""
        inputs = self.preprocess(first, second)
        scales = mixing.scales.unsqueeze(1).expand(-1, self.channels).flatten()
        of_states = scales.split([state.scales * self.channels for state in self._states])
        single = iter(mixing.single)
        terms: list[list[Tensor]] = [[] for _ in range(self.nodes)]
        for source, state in enumerate(self._states):
            if source >= len(inputs):
                inputs.append(self._node_state(source - 2, terms[source - 2], inputs, mixing))
            own = [next(single) for _ in state.single]
            found = state(self._read(inputs[source]), of_states[source], mixing.common[source], own)
            for node, term in zip(_targets(source, self.nodes), found, strict=True):
                terms[node].append(term)
        last = self._node_state(self.nodes - 1, terms[-1], inputs, mixing)
        return torch.cat([*inputs[2:], last], dim=1)

    def _read(self, state: Tensor) -> Tensor:
        """Return what the operations read of a state (B, C, H, W)."""
        return state

    def _node_state(
        self,
        _node: int,
        terms: Sequence[Tensor],
        _inputs: Sequence[Tensor],
        _mixing: Mixing,
    ) -> Tensor:
        """Return the state of a node, from its terms and from the states before it."""
        return reduce(torch.add, terms)

    @property
    def _states(self) -> list["StateBank"]:
        return list(cast("Sequence[StateBank]", self.states))

    def _order(self, columns: int, edges: int) -> Tensor:
        """Return the places of all weights that `mixing` needs.

        They are in the flattened (edges, columns), which is followed by a zero and a one.
        """
        zero, one = edges * columns, edges * columns + 1

        def place(each: Place | None) -> int:
            return one if each is None else each.row * columns + each.column

        scaled = [place(each) for state in self._states for own in state.scaled for each in own]
        single = [place(each) for state in self._states for each in state.single]
        common = []
        for state in self._states:
            for reader in range(state.readers):
                for group in state.common:
                    own = [place(each) for each in group if each.reader == reader]
                    common += own or [zero]
        return torch.tensor([*scaled, *common, *single])


def _targets(source: int, nodes: int) -> range:
    """Return the nodes that read the state `source`. Two states precede node 0."""
    return range(max(0, source - 1), nodes)


def _occurrences(plain: SearchCell, source: int) -> list[Occurrence]:
    """Return all operations of the edges that read a state, in the order of the edges."""
    found = []
    for reader, node in enumerate(_targets(source, plain.nodes)):
        # The edges of node n begin at 2 + 3 + … + (n + 1), in the order of their input states.
        row = node * (node + 3) // 2 + source
        edge = cast(MixedOperation, plain.edges[row])
        for column, (name, operation) in enumerate(zip(edge.names, edge.operations, strict=True)):
            found.append(Occurrence(reader, row, column, name, operation))
    return found


def _plain_names(cell: nn.Module, plain: SearchCell) -> PlainNames:
    """Return the names of all tensors of `cell` in the plain cell."""
    names = {
        id(tensor): name for name, tensor in (*plain.named_parameters(), *plain.named_buffers())
    }
    found: PlainNames = {
        name: [(names[id(tensor)],)]
        for name, tensor in (*cell.named_parameters(), *cell.named_buffers())
        if id(tensor) in names
    }
    for prefix, module in cell.named_modules():
        if isinstance(module, Bank):
            for own, parts in module.taken_sources().items():
                found[f"{prefix}.{own}"] = [
                    tuple(names[id(each)] for each in part) for part in parts
                ]
    return found
