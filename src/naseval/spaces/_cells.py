"""Spaces whose genotypes are cells of nodes that read two earlier states each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from naseval.errors import GenotypeError, NasevalError
from naseval.genotype import Cell, Genotype, Node
from naseval.spaces._options import NetworkOptions

INPUTS = 2
"""States before the first node: the outputs of cells k-2 and k-1."""
EDGES_PER_NODE = 2

Draw = Callable[[np.random.Generator], tuple[Cell, Cell]]
"""A function that draws a normal and a reduction cell."""
ConcatRule = Callable[[tuple[Node, ...]], tuple[int, ...]]
"""A function that maps a cell's nodes to the indices of the states in the cell's output."""


def every_node(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """Return the indices of all nodes, the output of a cell that concatenates every node."""
    return tuple(range(INPUTS, INPUTS + len(nodes)))


def distinct_pair_cells(
    rng: np.random.Generator, operations: tuple[str, ...], nodes: int
) -> tuple[Cell, Cell]:
    """Draw two independent cells in which each node reads two different states.

    Pairs of inputs, their order and the operations are uniform and independent.
    """
    return _distinct_pair_cell(rng, operations, nodes), _distinct_pair_cell(rng, operations, nodes)


def _distinct_pair_cell(rng: np.random.Generator, operations: tuple[str, ...], nodes: int) -> Cell:
    drawn: list[Node] = []
    for node in range(nodes):
        inputs = rng.choice(INPUTS + node, size=EDGES_PER_NODE, replace=False)
        chosen = rng.integers(len(operations), size=EDGES_PER_NODE)
        drawn.append(tuple((operations[o], int(i)) for o, i in zip(chosen, inputs, strict=True)))
    return Cell(tuple(drawn), every_node(tuple(drawn)))


@dataclass(frozen=True)
class CellSpace:
    """Genotypes of two cells with `nodes` nodes, each with two edges."""

    name: str
    operations: tuple[str, ...]
    nodes: int
    draws: Mapping[str, Draw]
    """The samplers by name; the first is the default."""
    distinct_inputs: bool = True
    concat: ConcatRule = every_node
    network_options: type[NetworkOptions] = NetworkOptions

    @property
    def samplers(self) -> tuple[str, ...]:
        """Names of the samplers; the first is the default."""
        return tuple(self.draws)

    def sample(self, rng: np.random.Generator, sampler: str | None = None) -> Genotype:
        """Draw one genotype. Raise `NasevalError` if there is no such sampler."""
        name = self.samplers[0] if sampler is None else sampler
        if name not in self.draws:
            known = " or ".join(self.samplers)
            raise NasevalError(f"the space {self.name} has no sampler {name!r}; choose {known}")
        normal, reduce = self.draws[name](rng)
        return Genotype(self.name, normal, reduce)

    def validate(self, genotype: Genotype) -> None:
        """Raise `GenotypeError`, with the faulty cell, if the genotype is not in the space."""
        if genotype.space != self.name:
            raise GenotypeError(
                f"the genotype is of the space {genotype.space!r}; expected {self.name}"
            )
        self._validate_cell(genotype.normal, "normal")
        self._validate_cell(genotype.reduce, "reduction")

    def _validate_cell(self, cell: Cell, kind: str) -> None:
        if len(cell.nodes) != self.nodes:
            raise GenotypeError(
                f"the {kind} cell has {len(cell.nodes)} nodes; "
                f"in the space {self.name} it must have {self.nodes}"
            )
        for index, node in enumerate(cell.nodes, start=INPUTS):
            self._validate_node(node, index, f"node {index} of the {kind} cell")
        expected = self.concat(cell.nodes)
        if cell.concat != expected:
            raise GenotypeError(
                f"the {kind} cell concatenates {list(cell.concat)}; "
                f"in the space {self.name} it must be {list(expected)}"
            )

    def _validate_node(self, node: Node, index: int, where: str) -> None:
        if len(node) != EDGES_PER_NODE:
            raise GenotypeError(f"{where} has {len(node)} edges; it must have {EDGES_PER_NODE}")
        for operation, source in node:
            if operation not in self.operations:
                raise GenotypeError(
                    f"{where} uses {operation!r}; "
                    f"the space {self.name} has {', '.join(self.operations)}"
                )
            if not 0 <= source < index:
                raise GenotypeError(
                    f"{where} reads {source}; it may only read 0 to {index - 1}, what comes before"
                )
        if self.distinct_inputs and len({source for _, source in node}) < len(node):
            raise GenotypeError(f"{where} reads {node[0][1]} twice; its inputs must differ")


class Space(Protocol):
    """A set of genotypes that can be sampled uniformly."""

    name: str
    operations: tuple[str, ...]
    samplers: tuple[str, ...]
    """Names of the samplers; the first is the default."""
    network_options: type[NetworkOptions]
    """What a protocol's `network` may set for this space's networks."""

    def sample(self, rng: np.random.Generator, sampler: str | None = None) -> Genotype:
        """Draw one genotype."""

    def validate(self, genotype: Genotype) -> None:
        """Raise `GenotypeError`, with the faulty cell, if the genotype is not in the space."""
