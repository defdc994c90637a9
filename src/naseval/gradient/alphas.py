"""Architecture parameters of a supernet whose cells of one type share their wiring."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

INITIAL_DEVIATION = 1e-3
"""Standard deviation of fresh alphas (the programs of DARTS, P-DARTS and StacNAS)."""


class Alphas(nn.Module):
    """The alphas of the normal and the reduction cell, (edges, operations) each, float32."""

    def __init__(self, rng: np.random.Generator, edges: int, operations: int) -> None:
        super().__init__()
        normal, reduce = INITIAL_DEVIATION * rng.standard_normal((2, edges, operations))
        self.normal = nn.Parameter(torch.tensor(normal, dtype=torch.float32))
        self.reduce = nn.Parameter(torch.tensor(reduce, dtype=torch.float32))

    def forward(self) -> tuple[Tensor, Tensor]:
        """Return the mixing weights of both cell types; each row sums to 1."""
        return self.normal.softmax(-1), self.reduce.softmax(-1)

    @torch.no_grad()
    def entropy(self) -> float:
        """Return the entropy of an edge's mixing weights in nats, the mean over all edges."""
        return float(torch.special.entr(torch.cat(self()).double()).sum(-1).mean())

    def tables(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return copies of both tables, for discretisation."""
        return _table(self.normal), _table(self.reduce)


def _table(alpha: Tensor) -> NDArray[np.float64]:
    return alpha.detach().double().cpu().numpy().copy()
