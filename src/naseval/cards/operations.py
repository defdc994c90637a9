"""The section on the operations that searches choose, compared with uniform draws."""

import pandas as pd

from naseval.analysis.chosen_operations import CELLS, POOL, operations_table
from naseval.analysis.intervals import RESAMPLES
from naseval.analysis.wording import count, p_value
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import table
from naseval.figures.genotype import operation_label
from naseval.genotype import Genotype

NAMES = {"normal": "normal", "reduce": "reduction"}


def by_space(evidence: Evidence, method: str) -> dict[str, pd.DataFrame]:
    """Return `operations_table` of all genotypes that a method found, by space."""
    found: dict[str, list[Genotype]] = {}
    places = set()
    for search in evidence.searches(method):
        genotype = evidence.genotype(search)
        if not evidence.searched_here(method):  # datasets may have the same file
            place = evidence.config.genotypes(method, search.dataset)[search.seed].where
            if place in places:
                continue
            places.add(place)
        found.setdefault(genotype.space, []).append(genotype)
    spaces = evidence.config.spaces
    return {name: operations_table(those, spaces[name].sampler) for name, those in found.items()}


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown."""
    tables = by_space(evidence, method)
    return "\n\n".join(_space_section(space, rows) for space, rows in tables.items()) or (
        "No search of this method is done yet."
    )


def _space_section(space: str, rows: pd.DataFrame) -> str:
    by_cell = [rows[rows["cell"] == cell].set_index("operation") for cell in CELLS]
    body = [
        [
            operation_label(operation),
            *(
                f"{shares.loc[operation, 'found']} ({shares.loc[operation, 'share']:.0f} %), "
                f"uniform {shares.loc[operation, 'uniform']:.0f} %"
                for shares in by_cell
            ),
        ]
        for operation in by_cell[0].index
    ]
    tests = ", ".join(
        f"{NAMES[cell]} cells {_probability(float(shares['p'].iloc[0]))} "
        f"(n = {shares['edges'].iloc[0]} edges)"
        for cell, shares in zip(CELLS, by_cell, strict=True)
    )
    genotypes = count(int(rows["genotypes"].iloc[0]), "genotype")
    return (
        f"{table(['operation', 'normal cells', 'reduction cells'], body)}\n\n"
        f"Edges of {genotypes} of the space {space}, all datasets together, against {POOL:,} "
        f"uniform ones. The p of a choice at least so uneven, were it uniform: {tests}; "
        f"chi-square, its distribution drawn {RESAMPLES:,} times from uniform genotypes."
    )


def _probability(p: float) -> str:
    """Return e.g. `p = 0.03`; `p ≤ …` for the smallest p that the draws can give."""
    least = 1 / (RESAMPLES + 1)
    return f"p {'≤' if p <= least else '='} {p_value(p)}"
