"""The space of ENAS: 5 nodes and 5 operations; a cell's output is its loose ends.

A node may read the same state twice. Loose ends are the states that no node reads. They may include
the cell's two inputs. The cell concatenates them in order.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from pydantic import Field

from naseval.genotype import Cell, Genotype, Node
from naseval.networks.shape import ShapeError, Skeleton
from naseval.settings.base import Probability
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS, CellSpace
from naseval.spaces._options import NetworkOptions

OPERATIONS = ("sep_conv_3x3", "sep_conv_5x5", "avg_pool_3x3", "max_pool_3x3", "skip_connect")
"""Operations in the order of the authors' programs, which use the integers 0 to 4."""

NODES = 5
INTEGERS_PER_CELL = 2 * EDGES_PER_NODE * NODES


def loose_ends(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """Return the indices of the states, including inputs, that no node reads."""
    read = {source for node in nodes for _, source in node}
    return tuple(index for index in range(INPUTS + len(nodes)) if index not in read)


def cell_of(integers: Sequence[int], operations: Sequence[str] = OPERATIONS) -> Cell:
    """Return the cell for the integers [input, operation, input, operation], node after node."""
    edges = [
        (operations[operation], int(source))
        for source, operation in zip(integers[::2], integers[1::2], strict=True)
    ]
    nodes = tuple(zip(edges[::2], edges[1::2], strict=True))
    return Cell(nodes, loose_ends(nodes))


def genotype_of(space: str, integers: Sequence[int]) -> Genotype:
    """Return the genotype for 40 integers, the normal cell first."""
    half = INTEGERS_PER_CELL
    return Genotype(space, cell_of(integers[:half]), cell_of(integers[half:]))


def integers_of(genotype: Genotype) -> tuple[int, ...]:
    """Return the 40 integers of a genotype, the inverse of `genotype_of`."""
    return tuple(
        number
        for cell in (genotype.normal, genotype.reduce)
        for node in cell.nodes
        for operation, source in node
        for number in (source, OPERATIONS.index(operation))
    )


def uniform_cells(
    rng: np.random.Generator, operations: Sequence[str] = OPERATIONS
) -> tuple[Cell, Cell]:
    """Draw two independent cells with uniform and independent inputs and operations."""
    normal, reduce = (
        cell_of(
            [
                int(rng.integers(bound))
                for node in range(NODES)
                for bound in (INPUTS + node, len(operations)) * EDGES_PER_NODE
            ],
            operations,
        )
        for _ in range(2)
    )
    return normal, reduce


def _one_pair_cells(rng: np.random.Generator) -> tuple[Cell, Cell]:
    """Draw as in the authors' README: one pair of inputs for all ten nodes.

    No node reads another node, so all five nodes are loose ends, and the networks are wider than
    searched ones.
    """
    pair = rng.integers(INPUTS, size=EDGES_PER_NODE).tolist()
    normal, reduce = (
        cell_of(
            [
                number
                for operation in rng.integers(len(OPERATIONS), size=(NODES, EDGES_PER_NODE))
                for edge in zip(pair, operation.tolist(), strict=True)
                for number in edge
            ]
        )
        for _ in range(2)
    )
    return normal, reduce


class Options(NetworkOptions):
    """Options of the evaluation networks."""

    dropout: Probability = Field(0.0, description="dropout before the classifier")

    def check(self, skeleton: Skeleton) -> None:
        """Raise `ShapeError` also for dropout on large images, whose network is that of DARTS."""
        super().check(skeleton)
        if skeleton.images == "large" and self.dropout:
            raise ShapeError(
                "network.dropout",
                "network option dropout must be 0 for large images, whose ENAS network is that "
                "of DARTS; set it to 0 in the protocol's overrides for large",
            )


SPACE = CellSpace(
    name="enas",
    operations=OPERATIONS,
    nodes=NODES,
    draws={"uniform": partial(uniform_cells, operations=OPERATIONS), "one_pair": _one_pair_cells},
    distinct_inputs=False,
    concat=loose_ends,
    network_options=Options,
)
