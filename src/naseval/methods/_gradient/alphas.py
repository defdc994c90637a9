"""Architecture parameters of a supernet, and the discrete cell derived from them."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from naseval.genotype import Cell, Genotype

INITIAL_DEVIATION = 1e-3
"""Standard deviation of initial alphas (the programs of DARTS, P-DARTS and StacNAS)."""

Table = NDArray[np.float64]
"""Alphas, or other strengths, of one cell type: (edges, operations)."""
Operations = Sequence[Sequence[str]]
"""For each edge, the operation of each column of a `Table`."""


class Alphas(nn.Module):
    """The alphas of the normal and the reduction cell, float32 (edges, operations) each."""

    def __init__(self, rng: np.random.Generator, edges: int, operations: int) -> None:
        super().__init__()
        normal, reduce = INITIAL_DEVIATION * rng.standard_normal((2, edges, operations))
        self.normal = nn.Parameter(torch.tensor(normal, dtype=torch.float32))
        self.reduce = nn.Parameter(torch.tensor(reduce, dtype=torch.float32))

    def probabilities(self) -> tuple[Tensor, Tensor]:
        """Return the softmax of both cell types; each row sums to 1."""
        return self.normal.softmax(-1), self.reduce.softmax(-1)

    def forward(self) -> tuple[Tensor, Tensor]:
        """Return the mixing weights of both cell types, by default the probabilities."""
        return self.probabilities()

    @torch.no_grad()
    def entropy(self) -> float:
        """Return the entropy of an edge's probabilities in nats, averaged over all edges."""
        rows = torch.cat(self.probabilities()).double()
        return float(torch.special.entr(rows).sum(-1).mean())

    def tables(self) -> tuple[Table, Table]:
        """Return copies of the alphas of both cell types, float64 (edges, operations) each."""
        return _table(self.normal), _table(self.reduce)


def tables_of(strengths: Iterable[Tensor]) -> tuple[Table, ...]:
    """Return copies of strengths of edges, float64 (edges, operations) each."""
    return tuple(_table(each) for each in strengths)


def _table(alpha: Tensor) -> Table:
    return alpha.detach().double().cpu().numpy().copy()


def probable_genotype(alphas: Alphas, operations: Operations, space: str) -> Genotype:
    """Return the genotype of a space whose edges are ranked by their largest probability.

    The probability of an edge is that of its best operation other than `none`.
    """
    normal, reduce = (
        strongest_cell(table, operations) for table in tables_of(alphas.probabilities())
    )
    return Genotype(space, normal, reduce)


def node_edges(edges: int) -> list[range]:
    """Return the rows of every node. Node i reads i + 2 earlier states; rows are in node order.

    Raise `ValueError` if the edges do not form complete nodes.
    """
    rows: list[range] = []
    while (start := rows[-1].stop if rows else 0) < edges:
        rows.append(range(start, start + len(rows) + 2))
    if not rows or rows[-1].stop != edges:
        raise ValueError(f"{edges} edges do not make whole nodes (2, 5, 9, 14, 20, 27 do)")
    return rows


def strongest_cell(strengths: Table, operations: Operations) -> Cell:
    """Keep each node's two strongest edges, the strongest first, with their best operation.

    `strengths` has one row per edge and one column per operation. The strength of an edge is that
    of its best operation other than `none`; the first of equal ones counts. With raw alphas, edges
    are ranked as in DARTS's PyTorch port. With softmax probabilities, they are ranked as in the
    first program: there, a strong `none` lowers the rank of its edge.
    """
    best = [_best_operation(row, names) for row, names in zip(strengths, operations, strict=True)]
    nodes = []
    for rows in node_edges(len(best)):
        ranked = sorted(rows, key=lambda row: -best[row][1])
        nodes.append(tuple((best[row][0], row - rows.start) for row in ranked[:2]))
    return Cell(tuple(nodes), tuple(range(2, len(nodes) + 2)))


def _best_operation(row: Table, names: Sequence[str]) -> tuple[str, float]:
    candidates = [
        (name, float(strength)) for name, strength in zip(names, row, strict=True) if name != "none"
    ]
    return max(candidates, key=lambda candidate: candidate[1])
