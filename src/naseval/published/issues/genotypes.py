"""Issues of the genotypes: signs that they were not drawn uniformly from the space."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chisquare

from naseval.published import genotypes, studies
from naseval.published.issues.issue import Issue, Severity
from naseval.published.raw_arrays import Accuracies, read_numbers

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
"""The eight operations that the paper lists (section 3.1)."""
SIGNIFICANT = 0.05


def find(folder: str | Path) -> Iterator[Issue]:
    """Yield the issues of the 214 genotypes."""
    edges = genotypes.read(folder).to_pandas()
    yield from absent(edges)
    yield from uneven(edges)
    yield from late(edges)
    noted = [accuracy for _, accuracy in genotypes.load(folder)]
    yield from disagreeing(noted, read_numbers(folder, studies.DARTS_FILE))
    yield from unpublished(len(read_numbers(folder, studies.MODIFIED_FILE)), edges)


def absent(edges: pd.DataFrame) -> Iterator[Issue]:
    """Yield an issue for every operation that never occurs among `edges`."""
    for operation in OPERATIONS:
        if not (edges["operation"] == operation).any():
            yield _issue(
                "warning",
                f"the operation {operation} never occurs",
                "claims that count eight operations are mismatches",
                f"0 of {len(edges)} edges; one in {len(OPERATIONS)} would be {len(edges) / 8:.0f}",
            )


def uneven(edges: pd.DataFrame) -> Iterator[Issue]:
    """Yield an issue for each kind of cell whose operations are not uniform."""
    for cell, part in edges.groupby("cell", sort=False):
        counts = part["operation"].value_counts()
        p = float(chisquare(counts).pvalue)
        if p < SIGNIFICANT:
            yield _issue(
                "warning",
                f"operations of {cell} cells aren't uniform: {counts.index[-1]} is too rare",
                "kept; distributions describe the genotypes there are",
                f"{counts.iloc[-1]} of {len(part)} edges, {len(part) / len(counts):.0f} if "
                f"uniform over {len(counts)}; chi-square p = {p:.4f}",
            )


def late(edges: pd.DataFrame) -> Iterator[Issue]:
    """Yield an issue for every operation that the first architectures lack beyond chance."""
    order = {name: index for index, name in enumerate(edges["genotype"].unique())}
    position = edges["genotype"].map(order)
    present = [operation for operation in OPERATIONS if (edges["operation"] == operation).any()]
    for operation in present:
        first = int(position[edges["operation"] == operation].min())
        before = int((position < first).sum())
        if (1 - 1 / len(present)) ** before < SIGNIFICANT / len(edges):
            share = float((edges["operation"][position >= first] == operation).mean())
            yield _issue(
                "warning",
                f"the first {first} architectures have no {operation}",
                "kept; the list seems to be drawn in two ways, one after the other",
                f"0 of {before} edges, {100 * share:.1f} per cent from architecture {first} on",
            )


def disagreeing(noted: Sequence[float], curves: Accuracies) -> Iterator[Issue]:
    """Yield an issue if the accuracies listed with the genotypes are not the curves' maxima."""
    best = curves.max(axis=1)
    equal = int(np.isclose(noted, best[: len(noted)], atol=1e-9).sum()) if len(noted) else 0
    if equal < len(best) or len(noted) != len(best):
        yield _issue(
            "error",
            "genotypes and curves don't belong together row by row",
            "genotypes are kept under the rows' names, which may be wrong",
            f"{equal} of {len(best)} accuracies agree",
        )


def unpublished(modified: int, edges: pd.DataFrame) -> Iterator[Issue]:
    """Yield an issue if architectures of the modified space have no published genotype."""
    known = int(edges.loc[edges["space"] == "modified", "genotype"].nunique())
    if known < modified:
        yield Issue(
            studies.MODIFIED_FILE,
            "operations",
            "error",
            "genotypes of the modified space aren't published",
            "their names stand for unknown genotypes",
            f"{known} genotypes for {modified} curves",
        )


def _issue(severity: Severity, what: str, handling: str, evidence: str) -> Issue:
    return Issue(genotypes.FILE, "distribution", severity, what, handling, evidence)
