"""Files that share runs, seem to share them, or give others where they should share them."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from naseval.published import benchmark, cells, distribution, protocols
from naseval.published.defects.issue import Issue
from naseval.published.raw import SEEDS, Accuracies, read_columns, read_numbers
from naseval.settings.published import Published

PAIRED = 0.7
"""Rank correlation from which rows of two files could be the same architectures; those of the
protocols study, which are the same, have 0.75 on average."""


def find(folder: str | Path, constants: Published) -> Iterator[Issue]:
    """Yield what comparing files shows."""
    path = benchmark.FILES["cifar10"]
    yield from other_runs(path, read_columns(folder, path), constants)
    column = read_columns(folder, protocols.FILE)["CDA"]
    yield from shared_architectures(column, np.array(constants.seed_pairs.pairs))
    best = {n: read_numbers(folder, cells.file(n)).max(axis=1) for n in cells.COUNTS}
    yield from unpaired_cells(best)
    standard = read_numbers(folder, cells.file(cells.STANDARD))
    yield from shared_curves(standard, read_numbers(folder, distribution.FILE))


def other_runs(path: str, table: Mapping[str, Accuracies], constants: Published) -> Iterator[Issue]:
    """Yield an issue for every method whose Fig. 2 shows other searches than its table."""
    for header, column in table.items():
        method, origin = benchmark.column_meaning(header)
        figure = constants.cost_figure
        drawn = (figure.random if origin == "random" else figure.searched)[method]
        if not np.array_equal(column.round(2), drawn):
            yield Issue(
                path,
                "cost",
                "warning",
                f"Fig. 2 draws other runs of {method} ({origin}) than the table holds",
                "the benchmark study has the table's runs, the cost study those of Fig. 2",
                f"means {column.mean():.4f} in the table, {np.mean(drawn):.4f} in Fig. 2",
            )


def shared_architectures(column: Accuracies, pairs: Accuracies) -> Iterator[Issue]:
    """Yield a note where seed A of the notebook's pairs repeats a protocol's `column`."""
    if np.array_equal(column.round(2), pairs[:, 0]):
        yield Issue(
            SEEDS,
            "seeds",
            "note",
            "the pairs that only the notebook has are the architectures of Fig. 3: their seed A "
            "repeats the column CDA",
            "both studies give these genotypes the same names",
            f"{len(column)} of {len(column)} accuracies are equal",
        )


def shared_curves(standard: Accuracies, all_: Accuracies) -> Iterator[Issue]:
    """Yield a note where the networks of 20 cells (rows × epochs) repeat the 214 curves."""
    equal = int(sum(np.array_equal(a, b) for a, b in zip(standard, all_, strict=False)))
    if equal:
        yield Issue(
            cells.file(cells.STANDARD),
            "cells",
            "note",
            "curves repeat the first ones of the 214 architectures",
            "these networks bear the names of the 214 architectures",
            f"{equal} of {len(standard)} curves are equal",
        )


def unpaired_cells(best: Mapping[int, Accuracies]) -> Iterator[Issue]:
    """Yield a warning where rows of different numbers of cells don't correlate.

    `best` holds the best accuracy of every row, by number of cells.
    """
    correlations = [
        float(spearmanr(best[a][:shortest], best[b][:shortest]).statistic)
        for a, b in combinations(best, 2)
        if (shortest := min(len(best[a]), len(best[b])))
    ]
    if max(correlations) < PAIRED:
        yield Issue(
            cells.file(min(best)).replace(f"_{min(best)}.npy", "_*.npy"),
            "cells",
            "warning",
            "row i of one number of cells and row i of another can't be taken for one genotype",
            "the genotypes of different numbers of cells have different names",
            f"rank correlations from {min(correlations):.2f} to {max(correlations):.2f}",
        )
