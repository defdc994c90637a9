"""Which operations searches choose, compared with uniform draws from their space."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.analysis.intervals import RESAMPLES
from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_space

POOL = 1000
"""The number of uniformly drawn genotypes from which the expected shares are computed."""

CELLS = ("normal", "reduce")
Counts = NDArray[np.int64]


def operation_counts(genotypes: Sequence[Genotype], operations: Sequence[str]) -> Counts:
    """Count the operations of each genotype, as an array (genotypes, cells, operations).

    The cells are in the order of `CELLS`. Every edge counts once.
    """
    found = np.zeros((len(genotypes), len(CELLS), len(operations)), dtype=np.int64)
    for index, genotype in enumerate(genotypes):
        for kind, cell in enumerate((genotype.normal, genotype.reduce)):
            for operation in cell.operations:
                found[index, kind, operations.index(operation)] += 1
    return found


@cache
def uniform_counts(space: str, sampler: str) -> Counts:
    """Return `operation_counts` of `POOL` genotypes.

    `sampler` draws them, as it draws the random architectures of the space.
    """
    drawn, rng = get_space(space), stream("card", "operations", space, sampler)
    return operation_counts([drawn.sample(rng, sampler) for _ in range(POOL)], drawn.operations)


def departure_p(found: Counts, pool: Counts) -> float:
    """Return the Monte Carlo p-value of the hypothesis that `found` was drawn uniformly.

    `found` and `pool` are counts, (genotypes, operations), of the genotypes of a method and of
    uniformly drawn ones. The statistic is Pearson's chi-square of the summed counts against the
    shares in `pool`. Its null distribution is simulated: `RESAMPLES` times, as many genotypes as
    were found are drawn from `pool`. The test is therefore also valid for few edges, and for
    spaces in which the edges of a genotype depend on each other.
    """
    shares = pool.sum(axis=0) / pool.sum()
    rng = stream("card", "departure", len(found))
    picks = rng.integers(len(pool), size=(RESAMPLES, len(found)))
    drawn = np.stack([pool[:, k][picks].sum(axis=1) for k in range(pool.shape[1])], axis=1)
    observed = _chi_square(found.sum(axis=0), shares)
    extreme = int((_chi_square(drawn, shares) >= observed - 1e-9).sum())
    return (extreme + 1) / (RESAMPLES + 1)


def _chi_square(counted: Counts, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    total = counted.sum(axis=-1, keepdims=True)
    expected = np.maximum(total * shares, 1e-9)  # a never drawn operation gets a large weight
    return np.asarray(((counted - expected) ** 2 / expected).sum(axis=-1))


def operations_table(genotypes: Sequence[Genotype], sampler: str) -> pd.DataFrame:
    """Return one row per kind of cell and operation; all genotypes belong to one space.

    Columns: cell, operation, `found` (number of edges), `share` (per cent of the found edges),
    `uniform` (expected per cent under the sampler), `p` (`departure_p` of the cell), and the
    numbers of `edges` of the cell and of `genotypes`. Both kinds of cell have the same operations:
    those that neither the genotypes nor the sampler use are omitted.
    """
    space = get_space(genotypes[0].space)
    found = operation_counts(genotypes, space.operations)
    pool = uniform_counts(space.name, sampler)
    rows = []
    for kind, cell in enumerate(CELLS):
        here, expected = found[:, kind].sum(axis=0), pool[:, kind].sum(axis=0)
        p = departure_p(found[:, kind], pool[:, kind])
        for place, operation in enumerate(space.operations):
            if found[:, :, place].any() or pool[:, :, place].any():
                rows.append(
                    {
                        "cell": cell,
                        "operation": operation,
                        "found": int(here[place]),
                        "share": 100 * here[place] / here.sum(),
                        "uniform": 100 * expected[place] / expected.sum(),
                        "p": p,
                        "edges": int(here.sum()),
                        "genotypes": len(genotypes),
                    }
                )
    return pd.DataFrame(rows)
