"""The space of P-DARTS: that of DARTS, with at most two skip connections in the normal cell."""

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
"""In the order of the P-DARTS program."""

NODES = 4
MOST_SKIPS = 2
"""The authors' program restricts the random architectures as it does the searched ones."""


def skips(*cells: Cell) -> int:
    """Return how many skip connections the cells have together."""
    return sum(cell.operations.count("skip_connect") for cell in cells)


def _few_skips(rng: np.random.Generator, counted: Callable[[Cell, Cell], int]) -> tuple[Cell, Cell]:
    """Draw uniformly among the genotypes with at most `MOST_SKIPS` skips, by rejection."""
    while True:
        normal, reduce = distinct_pair_cells(rng, OPERATIONS[1:], NODES)
        if counted(normal, reduce) <= MOST_SKIPS:
            return normal, reduce


@dataclass(frozen=True)
class PdartsSpace(CellSpace):
    """A `CellSpace` whose normal cells have few skip connections."""

    def validate(self, genotype: Genotype) -> None:
        """Raise `GenotypeError`, saying where, unless the genotype lies in the space."""
        super().validate(genotype)
        found = skips(genotype.normal)
        if found > MOST_SKIPS:
            raise GenotypeError(
                f"the normal cell has {found} skip_connect; "
                f"the space {self.name} allows {MOST_SKIPS}"
            )


# skips2 counts where the search restricts them; skips2_both reads the authors' sentence ("for a
# given architecture") as both cells together.
SPACE = PdartsSpace(
    name="pdarts",
    operations=OPERATIONS,
    nodes=NODES,
    draws={
        "skips2": partial(_few_skips, counted=lambda normal, _: skips(normal)),
        "skips2_both": partial(_few_skips, counted=skips),
    },
)
