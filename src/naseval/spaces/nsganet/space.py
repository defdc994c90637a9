"""The micro space of NSGA-Net: 5 blocks of two operations, encoded as 40 integers."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from naseval.genotype import Cell, Genotype, Node
from naseval.networks.shape import Skeleton, check_halved
from naseval.settings.base import NonNegativeInt
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS, CellSpace
from naseval.spaces._options import NetworkOptions

OPERATIONS = (
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
    "sep_conv_7x7",
    "conv_7x1_1x7",
)
"""Operations in the order of the NSGA-Net program. A gene holds an index."""

BLOCKS = 5
GENES_PER_EDGE = 2
GENES_PER_CELL = BLOCKS * EDGES_PER_NODE * GENES_PER_EDGE
UPPER_BOUNDS = 2 * tuple(
    bound
    for block in range(BLOCKS)
    for bound in EDGES_PER_NODE * (len(OPERATIONS) - 1, INPUTS + block - 1)
)
"""The largest value of each gene; the smallest is 0. Genes are (operation, input) pairs, block by
block, of the normal and then of the reduction cell.
"""


def loose_ends(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """Return the blocks that no other block of the cell reads. Inputs of the cell never count."""
    read = {source for node in nodes for _, source in node}
    return tuple(index for index in range(INPUTS, INPUTS + len(nodes)) if index not in read)


def decode(genome: Sequence[int]) -> Genotype:
    """Return the genotype for 40 integers within `UPPER_BOUNDS`."""
    genes = [int(gene) for gene in genome]
    normal, reduce = genes[:GENES_PER_CELL], genes[GENES_PER_CELL:]
    return Genotype(SPACE.name, _cell(normal), _cell(reduce))


def encode(genotype: Genotype) -> list[int]:
    """Return the 40 integers of a genotype, the inverse of `decode`."""
    return [
        gene
        for cell in (genotype.normal, genotype.reduce)
        for node in cell.nodes
        for operation, source in node
        for gene in (OPERATIONS.index(operation), source)
    ]


def _cell(genes: list[int]) -> Cell:
    edges = [
        (OPERATIONS[operation], source)
        for operation, source in zip(genes[::2], genes[1::2], strict=True)
    ]
    nodes = tuple(zip(edges[::2], edges[1::2], strict=True))
    return Cell(nodes, loose_ends(nodes))


def _uniform_genome(rng: np.random.Generator) -> tuple[Cell, Cell]:
    """Draw every gene uniformly, like the first generation of the search."""
    genotype = decode(rng.integers(0, UPPER_BOUNDS, endpoint=True).tolist())
    return genotype.normal, genotype.reduce


class Options(NetworkOptions):
    """Options of the evaluation networks."""

    squeeze_excitation: bool = Field(False, description="squeeze-and-excitation after every cell")
    filter_increment: NonNegativeInt | None = Field(
        None, description="channels added after every cell; null: double at reductions"
    )

    def check(self, skeleton: Skeleton) -> None:
        """Raise `ShapeError` also if the channels do not grow and are too few to be halved."""
        super().check(skeleton)
        if self.filter_increment is not None:
            check_halved(skeleton.channels + skeleton.reductions[0] * self.filter_increment)


SPACE = CellSpace(
    name="nsganet",
    operations=OPERATIONS,
    nodes=BLOCKS,
    draws={"uniform": _uniform_genome},
    distinct_inputs=False,
    concat=loose_ends,
    network_options=Options,
)
