"""Genotypes as lists of integers, as the programs of ENAS, NAO and NSGA-Net print them."""

from collections.abc import Sequence
from dataclasses import dataclass

from naseval.errors import GenotypeError
from naseval.genotype import Cell, Genotype
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS, ConcatRule
from naseval.spaces.enas import space as enas
from naseval.spaces.nao import space as nao
from naseval.spaces.nsganet import space as nsganet


@dataclass(frozen=True)
class IntegerCode:
    """A code of two integers per edge, an input and an operation, normal cell first."""

    space: str
    operations: tuple[str, ...]
    """The operations by their integers; an operation may have several."""
    nodes: int
    concat: ConcatRule
    operation_first: bool = False
    """Whether the operation of an edge stands before its input."""

    @property
    def length(self) -> int:
        """The number of integers of a genotype."""
        return 2 * self.nodes * EDGES_PER_NODE * 2

    def decode(self, integers: Sequence[int]) -> Genotype:
        """Return the genotype. Raise `GenotypeError` if a number is of no operation or input."""
        if len(integers) != self.length:
            raise GenotypeError(
                f"there are {len(integers)} integers; a genotype of the space {self.space} has "
                f"{self.length}"
            )
        half = self.length // 2
        return Genotype(
            self.space,
            self._cell(integers[:half], "normal"),
            self._cell(integers[half:], "reduction"),
        )

    def _cell(self, integers: Sequence[int], kind: str) -> Cell:
        first, second = integers[::2], integers[1::2]
        operations, sources = (first, second) if self.operation_first else (second, first)
        edges = []
        for place, (operation, source) in enumerate(zip(operations, sources, strict=True)):
            node = INPUTS + place // EDGES_PER_NODE
            where = f"node {node} of the {kind} cell"
            if not 0 <= operation < len(self.operations):
                raise GenotypeError(
                    f"{where} has the operation {operation}; the space {self.space} has the "
                    f"numbers 0 to {len(self.operations) - 1}"
                )
            if not 0 <= source < node:
                raise GenotypeError(
                    f"{where} reads {source}; it may only read 0 to {node - 1}, what comes before"
                )
            edges.append((self.operations[operation], source))
        nodes = tuple(zip(edges[::2], edges[1::2], strict=True))
        return Cell(nodes, self.concat(nodes))


CODES = {
    code.space: code
    for code in (
        IntegerCode("enas", enas.OPERATIONS, enas.NODES, enas.loose_ends),
        IntegerCode("nao", nao.RELEASED_OPERATIONS, enas.NODES, enas.loose_ends),
        IntegerCode(
            "nsganet", nsganet.OPERATIONS, nsganet.BLOCKS, nsganet.loose_ends, operation_first=True
        ),
    )
}
"""The codes by space. NSGA-Net's program calls its integers a bit string."""
