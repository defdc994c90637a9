"""Which operations searches choose, beside what a uniform draw from the space would."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.cards.evidence import Evidence
from naseval.cards.markdown import count, p_value, table
from naseval.figures.genotype import operation_label
from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_space

POOL = 1000
"""Uniform genotypes that give the expected shares."""
RESAMPLES = 9999

CELLS = ("normal", "reduce")
NAMES = {"normal": "normal", "reduce": "reduction"}

Counts = NDArray[np.int64]


def counts(genotypes: Sequence[Genotype], operations: Sequence[str]) -> Counts:
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
def uniform(space: str, sampler: str) -> Counts:
    """Return `counts` of `POOL` genotypes drawn like the random architectures."""
    drawn, rng = get_space(space), stream("card", "operations", space, sampler)
    return counts([drawn.sample(rng, sampler) for _ in range(POOL)], drawn.operations)


def departure(found: Counts, pool: Counts) -> float:
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
    expected), `p` of `departure` for the cell, `edges` and `genotypes`. Operations that neither
    the genotypes nor the sampler use are left out.
    """
    space = get_space(genotypes[0].space)
    found, pool = counts(genotypes, space.operations), uniform(space.name, sampler)
    rows = []
    for kind, cell in enumerate(CELLS):
        here, expected = found[:, kind].sum(axis=0), pool[:, kind].sum(axis=0)
        p = departure(found[:, kind], pool[:, kind])
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


def by_space(evidence: Evidence, method: str) -> dict[str, pd.DataFrame]:
    """Return `operations_table` of all genotypes a method found, by their space."""
    found: dict[str, list[Genotype]] = {}
    for search in evidence.searches(method):
        genotype = evidence.genotype(search)
        found.setdefault(genotype.space, []).append(genotype)
    spaces = evidence.config.spaces
    return {name: operations_table(those, spaces[name].sampler) for name, those in found.items()}


def section(evidence: Evidence, method: str) -> str:
    """Return the section's Markdown."""
    tables = by_space(evidence, method)
    return "\n\n".join(_text(space, rows) for space, rows in tables.items()) or (
        "No search of this method is done yet."
    )


def _text(space: str, rows: pd.DataFrame) -> str:
    sides = [rows[rows["cell"] == cell].set_index("operation") for cell in CELLS]
    body = [
        [
            operation_label(operation),
            *(
                f"{side.loc[operation, 'found']} ({side.loc[operation, 'share']:.0f} %), "
                f"uniform {side.loc[operation, 'uniform']:.0f} %"
                for side in sides
            ),
        ]
        for operation in sides[0].index
    ]
    tests = ", ".join(
        f"{NAMES[cell]} cells {_probability(float(side['p'].iloc[0]))} "
        f"(n = {side['edges'].iloc[0]} edges)"
        for cell, side in zip(CELLS, sides, strict=True)
    )
    genotypes = count(int(rows["genotypes"].iloc[0]), "genotype")
    return (
        f"{table(['operation', 'normal cells', 'reduction cells'], body)}\n\n"
        f"Edges of {genotypes} of the space {space}, all datasets together, against {POOL:,} "
        f"uniform ones. The p of a choice at least so uneven, were it uniform: {tests}; "
        f"chi-square, its distribution drawn {RESAMPLES:,} times from uniform genotypes."
    )


def _probability(p: float) -> str:
    """Return `p = 0.03`, or `p ≤` the least that the draws can tell."""
    least = 1 / (RESAMPLES + 1)
    return f"p {'≤' if p <= least else '='} {p_value(p)}"
