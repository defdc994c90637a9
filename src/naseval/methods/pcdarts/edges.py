"""Alphas with edge normalisation, as in PC-DARTS."""

import numpy as np
import torch
from torch import Tensor, nn

from naseval.methods._gradient.alphas import INITIAL_DEVIATION, Alphas, node_edges


class NormalisedAlphas(Alphas):
    """Alphas, and the strengths of the edges: float32 (edges,) for each cell type.

    The share of an edge is the softmax of the strengths of all edges of its node.
    """

    def __init__(self, rng: np.random.Generator, edges: int, operations: int) -> None:
        super().__init__(rng, edges, operations)
        normal, reduce = INITIAL_DEVIATION * rng.standard_normal((2, edges))
        self.normal_edges = nn.Parameter(torch.tensor(normal, dtype=torch.float32))
        self.reduce_edges = nn.Parameter(torch.tensor(reduce, dtype=torch.float32))
        self.nodes = [len(rows) for rows in node_edges(edges)]

    def shares(self) -> tuple[Tensor, Tensor]:
        """Return the shares of the edges of both cell types, (edges,) each; 1 for each node."""
        return self._shares(self.normal_edges), self._shares(self.reduce_edges)

    def forward(self) -> tuple[Tensor, Tensor]:
        """Return the mixing weights of both cell types, (edges, operations + 1) each.

        A row has the probabilities of the operations, and 1 for the channels that pass by, all
        multiplied by the share of the edge.
        """
        normal, reduce = (
            torch.cat([share.unsqueeze(1) * probabilities, share.unsqueeze(1)], 1)
            for share, probabilities in zip(self.shares(), self.probabilities(), strict=True)
        )
        return normal, reduce

    def _shares(self, strengths: Tensor) -> Tensor:
        return torch.cat([node.softmax(0) for node in strengths.split(self.nodes)])
