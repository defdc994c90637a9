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
"""Uniform genotypes that give the expected shares."""

CELLS = ("normal", "reduce")
Counts = NDArray[np.int64]


def operation_counts(genotypes: Sequence[Genotype], operations: Sequence[str]) -> Counts:
    """Return how often each genotype's cells have each operation: genotypes × cells × operations.

    Cells come in the order of `CELLS`. Every edge counts once.
    """
    found = np.zeros((len(genotypes), len(CELLS), len(operations)), dtype=np.int64)
    for index, genotype in enumerate(genotypes):
        for kind, cell in enumerate((genotype.normal, genotype.reduce)):
            for operation in cell.operations:
                found[index, kind, operations.index(operation)] += 1
    return found


@cache
def uniform_counts(space: str, sampler: str) -> Counts:
    """Return `operation_counts` of `POOL` genotypes drawn like the random architectures."""
    drawn, rng = get_space(space), stream("card", "operations", space, sampler)
    return operation_counts([drawn.sample(rng, sampler) for _ in range(POOL)], drawn.operations)


def departure_p(found: Counts, pool: Counts) -> float:
    """Return the p of so uneven a choice (genotypes × operations) among uniform genotypes.

    The statistic is Pearson's chi-square of the pooled counts against the shares in `pool`. Its
    distribution is drawn: as many genotypes as were found, `RESAMPLES` times from the pool. That
    holds for few edges too, and where edges of a genotype depend on each other.
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
    expected = np.maximum(total * shares, 1e-9)  # an operation that is never drawn weighs heavily
    return np.asarray(((counted - expected) ** 2 / expected).sum(axis=-1))


def operations_table(genotypes: Sequence[Genotype], sampler: str) -> pd.DataFrame:
    """Return one row per cell and operation of genotypes of one space.

    Columns: cell, operation, `found` (edges), `share` and `uniform` (per cent of edges, found and
    expected), `p` of `departure_p` for the cell, `edges` and `genotypes`. Operations that neither
    the genotypes nor the sampler use are left out.
    """
    space = get_space(genotypes[0].space)
    found = operation_counts(genotypes, space.operations)
    pool = uniform_counts(space.name, sampler)
    rows = []
    for kind, cell in enumerate(CELLS):
        here, expected = found[:, kind].sum(axis=0), pool[:, kind].sum(axis=0)
        p = departure_p(found[:, kind], pool[:, kind])
        for place, operation in enumerate(space.operations):
            if here[place] or pool[:, :, place].any():
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
