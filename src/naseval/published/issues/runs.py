"""Issues of the files of runs: missing runs, shared runs, and best instead of last epochs."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from naseval.published import benchmark, studies
from naseval.published.issues.issue import Issue
from naseval.published.raw_arrays import Accuracies, read_columns, read_numbers
from naseval.published.raw_files import DEPTHS, SEEDS
from naseval.settings.published import Published

PAIRED = 0.7
"""The least rank correlation at which the rows of two files could be the same architectures. The
rows of the protocols study are the same and have 0.75 on average."""
PAIRS = 32  # paper, section 5.3 and Fig. 8
NETWORKS = 16  # paper, Fig. 7


def find(folder: str | Path, constants: Published) -> Iterator[Issue]:
    """Yield the issues of all files of runs."""
    yield from _shared_runs(folder, constants)
    yield from _missing_runs(folder, constants)
    yield from _best_epochs(folder)


def _shared_runs(folder: str | Path, constants: Published) -> Iterator[Issue]:
    path = benchmark.FILES["cifar10"]
    yield from other_runs(path, read_columns(folder, path), constants)
    column = read_columns(folder, studies.PROTOCOLS_FILE)["CDA"]
    yield from shared_architectures(column, np.array(constants.seed_pairs.pairs))
    best = {
        n: read_numbers(folder, studies.cells_file(n)).max(axis=1) for n in studies.NUMBERS_OF_CELLS
    }
    yield from unpaired_cells(best)
    standard = read_numbers(folder, studies.cells_file(studies.STANDARD_CELLS))
    yield from shared_curves(standard, read_numbers(folder, studies.DARTS_FILE))


def other_runs(path: str, table: Mapping[str, Accuracies], constants: Published) -> Iterator[Issue]:
    """Yield an issue for every column of the table whose runs differ from those of Fig. 2."""
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
    """Yield a note if seed A of the notebook's pairs equals a protocol's `column`."""
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
    """Yield a note if networks of 20 cells (networks, epochs) repeat curves of the 214."""
    equal = int(sum(np.array_equal(a, b) for a, b in zip(standard, all_, strict=False)))
    if equal:
        yield Issue(
            studies.cells_file(studies.STANDARD_CELLS),
            "cells",
            "note",
            "curves repeat the first ones of the 214 architectures",
            "these networks bear the names of the 214 architectures",
            f"{equal} of {len(standard)} curves are equal",
        )


def unpaired_cells(best: Mapping[int, Accuracies]) -> Iterator[Issue]:
    """Yield a warning if the rows of different numbers of cells do not correlate.

    `best` holds the best accuracy of every row, by number of cells.
    """
    correlations = [
        float(spearmanr(best[a][:shortest], best[b][:shortest]).statistic)
        for a, b in combinations(best, 2)
        if (shortest := min(len(best[a]), len(best[b])))
    ]
    if max(correlations) < PAIRED:
        yield Issue(
            studies.cells_file(min(best)).replace(f"_{min(best)}.npy", "_*.npy"),
            "cells",
            "warning",
            "row i of one number of cells and row i of another can't be taken for one genotype",
            "the genotypes of different numbers of cells have different names",
            f"rank correlations from {min(correlations):.2f} to {max(correlations):.2f}",
        )


def _missing_runs(folder: str | Path, constants: Published) -> Iterator[Issue]:
    typed = np.array(constants.seed_pairs.pairs)
    yield from seed_pairs(read_numbers(folder, SEEDS), typed)
    for count in studies.NUMBERS_OF_CELLS:
        path = studies.cells_file(count)
        yield from networks(path, count, len(read_numbers(folder, path)))


def seed_pairs(filed: Accuracies, typed: Accuracies) -> Iterator[Issue]:
    """Yield an issue if the file (pairs, 2) has fewer pairs than the paper reports."""
    if len(filed) < PAIRS:
        changes = [np.abs(np.diff(pairs, axis=1)).max() for pairs in (filed, typed)]
        yield Issue(
            SEEDS,
            "seeds",
            "error",
            f"the file holds {len(filed)} of the {PAIRS} pairs of Fig. 8",
            f"{len(typed)} pairs that stand in the notebook are added",
            f"{len(filed)} + {len(typed)} = {len(filed) + len(typed)} pairs; largest change "
            f"{changes[0]:.2f} per cent in the file, {changes[1]:.2f} in the notebook",
        )


def networks(path: str, count: int, rows: int) -> Iterator[Issue]:
    """Yield an issue if a file has fewer networks than Fig. 7 reports."""
    if rows < NETWORKS:
        yield Issue(
            path,
            "cells",
            "error",
            f"curves of networks with {count} cells are missing",
            "means are taken over the curves there are; claims on the number are mismatches",
            f"{rows} of {NETWORKS} curves",
        )


def _best_epochs(folder: str | Path) -> Iterator[Issue]:
    curves = read_numbers(folder, studies.DARTS_FILE)
    yield from best_not_last(studies.DARTS_FILE, curves)
    epochs = curves.shape[1]
    for path in benchmark.FILES.values():
        columns = list(read_columns(folder, path).values())
        yield from no_epochs(path, "benchmark", (len(columns[0]), len(columns)), epochs)
    for path, study in ((SEEDS, "seeds"), (DEPTHS, "depth")):
        yield from no_epochs(path, study, read_numbers(folder, path).shape, epochs)


def no_epochs(path: str, study: str, shape: tuple[int, ...], epochs: int) -> Iterator[Issue]:
    """Yield a note if no axis of a file of this `shape` has the length `epochs`."""
    if epochs not in shape:
        yield Issue(
            path,
            study,
            "note",
            "there is one accuracy per run, and nothing says of which epoch",
            "taken for the best epoch, as the authors' other numbers are",
            f"{shape[0]} × {shape[1]} numbers, no axis of {epochs} epochs",
        )


def best_not_last(path: str, curves: Accuracies) -> Iterator[Issue]:
    """Yield a warning if the best epochs of `curves` (runs, epochs) are not the last ones."""
    best, last = curves.max(axis=1), curves[:, -1]
    epochs = curves.argmax(axis=1) + 1
    if (best > last).any():
        yield Issue(
            path,
            "distribution",
            "warning",
            "accuracies that the paper calls final are those of each curve's best epoch",
            "best and last stand side by side",
            f"mean {best.mean():.4f} best, {last.mean():.4f} last, "
            f"{np.mean(best - last):.4f} apart; "
            f"best epochs {epochs.min()} to {epochs.max()}",
        )
