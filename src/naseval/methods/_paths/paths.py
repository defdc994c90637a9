"""Agents, one per edge of the normal and the reduction cell, that choose a path together.

Agents 0 to 13 choose for the edges of the normal cell, in node order, and agents 14 to 27 for the
reduction cell. All cells of a type use the same agents.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from naseval.genotype import Genotype
from naseval.methods._gradient.alphas import node_edges, strongest_cell
from naseval.spaces.darts.space import SPACE

EDGES = sum(range(2, 2 + SPACE.nodes))
AGENTS = 2 * EDGES
OPERATIONS = len(SPACE.operations)
NONE = SPACE.operations.index("none")

Table = NDArray[np.float64]
"""(agents, operations). In a policy, every row sums to 1."""
Paths = NDArray[np.int64]
"""(paths, agents), the index of the operation that each agent chose."""


def draw_paths(policy: Table, rng: np.random.Generator, count: int) -> Paths:
    """Draw `count` paths. Agents are independent; operations of probability 0 are never drawn."""
    cumulative = policy.cumsum(axis=1)
    # This makes the last entry exactly 1, above every uniform number, despite rounding.
    cumulative /= cumulative[:, -1:]
    uniform = rng.random((count, len(policy), 1))
    return (cumulative <= uniform).sum(axis=-1)


def path_of(genotype: Genotype) -> Paths:
    """Return the path, (agents,), that computes a genotype: edges that it has not are off."""
    path = np.full((2, EDGES), NONE)
    for edges, cell in zip(path, (genotype.normal, genotype.reduce), strict=True):
        for rows, node in zip(node_edges(EDGES), cell.nodes, strict=True):
            for operation, source in node:
                edges[rows[source]] = SPACE.operations.index(operation)
    return path.reshape(-1)


def entropy(policy: Table) -> float:
    """Return the entropy of an agent's policy in nats, averaged over all agents."""
    return float(entr(policy).sum(axis=1).mean())


def recommended(
    strengths: Table, policy: Table, recommend: str, rng: np.random.Generator
) -> Genotype:
    """Return the genotype that the final policy recommends.

    Each node keeps the two edges whose operations have the largest `strengths`. The operation of an
    edge is the strongest one (`recommend` is argmax) or is drawn from the policy (sample). It is
    never `none`.
    """
    if recommend == "sample":
        candidates = policy.copy()
        candidates[:, NONE] = 0
        chosen = draw_paths(candidates, rng, 1)[0]
        strengths = np.where(np.arange(OPERATIONS) == chosen[:, None], strengths, -np.inf)
    operations = (SPACE.operations,) * EDGES
    normal, reduce = (strongest_cell(rows, operations) for rows in np.split(strengths, 2))
    return Genotype(SPACE.name, normal, reduce)
