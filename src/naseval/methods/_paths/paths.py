"""One agent for each edge of the normal and of the reduction cell; together they choose a path.

Agents 0 to 13 choose for the normal cell's edges, node by node, 14 to 27 for the reduction
cell's. All cells of a type follow the same agents.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from naseval.genotype import Genotype
from naseval.methods._gradient.alphas import strongest_cell
from naseval.spaces.darts.space import SPACE

EDGES = sum(range(2, 2 + SPACE.nodes))
AGENTS = 2 * EDGES
OPERATIONS = len(SPACE.operations)
NONE = SPACE.operations.index("none")

Table = NDArray[np.float64]
"""(agents, operations); of a policy, every row adds up to 1."""
Paths = NDArray[np.int64]
"""(paths, agents): the column of the operation that each agent chose."""


def draw_paths(policy: Table, rng: np.random.Generator, count: int) -> Paths:
    """Draw `count` paths, each agent for itself; an operation of probability 0 is never drawn."""
    cumulative = policy.cumsum(axis=1)
    # The last entry becomes exactly 1, above every uniform number, whatever the rounding.
    cumulative /= cumulative[:, -1:]
    uniform = rng.random((count, len(policy), 1))
    return (cumulative <= uniform).sum(axis=-1)


def entropy(policy: Table) -> float:
    """Return the entropy of an agent's policy in nats, the mean over all agents."""
    return float(entr(policy).sum(axis=1).mean())


def recommended(
    strengths: Table, policy: Table, recommend: str, rng: np.random.Generator
) -> Genotype:
    """Return the genotype of the final policy.

    Each node keeps the two edges whose operations have the largest `strengths`. An edge's
    operation is the strongest (`recommend` argmax) or drawn from the policy (sample); it is
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
