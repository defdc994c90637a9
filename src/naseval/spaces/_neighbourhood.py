"""Neighbours and mutations of genotypes: changes of one edge's operation or of one edge's input.

Sources: the neighbours are those of White et al., "Exploring the Loss Landscape in Neural
Architecture Search" (UAI 2021); the mutation is that of Real et al., "Regularized Evolution for
Image Classifier Architecture Search" (AAAI 2019), without their identity, which would train a
network again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from naseval.errors import GenotypeError
from naseval.genotype import Cell, Edge, Genotype
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS, CellSpace

REDUCTION = (False, True)
KINDS = ("operation", "input")


@dataclass(frozen=True)
class Neighbourhood:
    """A space with its neighbours and mutations, as the algorithms that choose genotypes need it.

    It has the genotypes that the default sampler may draw: `operations` leaves out what only the
    space's networks know.
    """

    space: CellSpace
    operations: tuple[str, ...]
    sampler: str | None = None
    """One of the space's samplers; None: the default one."""

    def sample(self, rng: np.random.Generator) -> Genotype:
        """Draw one genotype by the sampler."""
        return self.space.sample(rng, self.sampler)

    def neighbours(self, genotype: Genotype) -> list[Genotype]:
        """Return the genotypes that differ from `genotype` in one operation or one input.

        They are in the order of cells, nodes, edges, operations and inputs. What is outside the
        space is left out. A node's edges are ordered, and neighbours are mutual.
        """
        return [
            found
            for reduction in REDUCTION
            for node in range(self.space.nodes)
            for edge in range(EDGES_PER_NODE)
            for kind in KINDS
            for found in self._changed(genotype, reduction, node, edge, kind)
        ]

    def mutate(self, genotype: Genotype, rng: np.random.Generator) -> Genotype:
        """Return a random neighbour of `genotype`.

        Cell, node, edge, and whether its operation or its input changes, are uniform, then the new
        value is. A choice without any other value in the space is drawn again.
        """
        while True:
            reduction, kind = REDUCTION[rng.integers(2)], KINDS[rng.integers(2)]
            node, edge = rng.integers(self.space.nodes), rng.integers(EDGES_PER_NODE)
            found = list(self._changed(genotype, reduction, int(node), int(edge), kind))
            if found:
                return found[rng.integers(len(found))]

    def _changed(
        self, genotype: Genotype, reduction: bool, node: int, edge: int, kind: str
    ) -> Iterator[Genotype]:
        """Yield the genotypes of the space in which one operation or one input is another."""
        old = genotype.cell(reduction)
        operation, source = old.nodes[node][edge]
        edges: list[Edge] = (
            [(other, source) for other in self.operations if other != operation]
            if kind == "operation"
            else [(operation, other) for other in range(INPUTS + node) if other != source]
        )
        for new in edges:
            cell = self._with_edge(old, node, edge, new)
            changed = (
                replace(genotype, reduce=cell) if reduction else replace(genotype, normal=cell)
            )
            if self._has(changed):
                yield changed

    def _with_edge(self, cell: Cell, node: int, edge: int, new: Edge) -> Cell:
        edges = [*cell.nodes[node]]
        edges[edge] = new
        nodes = (*cell.nodes[:node], tuple(edges), *cell.nodes[node + 1 :])
        return Cell(nodes, self.space.concat(nodes))

    def _has(self, genotype: Genotype) -> bool:
        try:
            self.space.validate(genotype)
        except GenotypeError:
            return False
        return True
