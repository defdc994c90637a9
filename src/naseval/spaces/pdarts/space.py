"""The space of P-DARTS: the DARTS space with at most two skip connections in the normal cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from naseval.errors import GenotypeError
from naseval.genotype import Cell, Genotype
from naseval.spaces._cells import CellSpace, distinct_pair_cells

OPERATIONS = (
    "none",
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
"""Operations in the order of the P-DARTS program."""

NODES = 4
MOST_SKIPS = 2
"""Limit of skip connections, which the authors' program also applies to random architectures."""


def skips(*cells: Cell) -> int:
    """Return the total number of skip connections in the cells."""
    return sum(cell.operations.count("skip_connect") for cell in cells)


def _few_skips(rng: np.random.Generator, counted: Callable[[Cell, Cell], int]) -> tuple[Cell, Cell]:
    """Draw uniformly from the genotypes with at most `MOST_SKIPS` skips, by rejection sampling."""
    while True:
        normal, reduce = distinct_pair_cells(rng, OPERATIONS[1:], NODES)
        if counted(normal, reduce) <= MOST_SKIPS:
            return normal, reduce


@dataclass(frozen=True)
class PdartsSpace(CellSpace):
    """A `CellSpace` with a limited number of skip connections in the normal cell."""

    def validate(self, genotype: Genotype) -> None:
        """Raise `GenotypeError`, with the faulty cell, if the genotype is not in the space."""
        super().validate(genotype)
        found = skips(genotype.normal)
        if found > MOST_SKIPS:
            raise GenotypeError(
                f"the normal cell has {found} skip_connect; "
                f"the space {self.name} allows {MOST_SKIPS}"
            )


# skips2 counts the normal cell, as the search does. skips2_both reads the authors' words "for a
# given architecture" as both cells together.
SPACE = PdartsSpace(
    name="pdarts",
    operations=OPERATIONS,
    nodes=NODES,
    draws={
        "skips2": partial(_few_skips, counted=lambda normal, _: skips(normal)),
        "skips2_both": partial(_few_skips, counted=skips),
    },
)
