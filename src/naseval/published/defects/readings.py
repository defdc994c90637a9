"""Curves whose best epoch, not the last, is what the paper reports as final."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from naseval.published import benchmark, distribution
from naseval.published.defects.issue import Issue
from naseval.published.raw import DEPTHS, SEEDS, Accuracies, read_columns, read_numbers


def find(folder: str | Path) -> Iterator[Issue]:
    """Yield the issues of the curves, and of the files that name no epoch."""
    curves = read_numbers(folder, distribution.FILE)
    yield from best_not_last(distribution.FILE, curves)
    epochs = curves.shape[1]
    for path in benchmark.FILES.values():
        columns = list(read_columns(folder, path).values())
        yield from no_epochs(path, "benchmark", (len(columns[0]), len(columns)), epochs)
    for path, study in ((SEEDS, "seeds"), (DEPTHS, "depth")):
        yield from no_epochs(path, study, read_numbers(folder, path).shape, epochs)


def no_epochs(path: str, study: str, shape: tuple[int, ...], epochs: int) -> Iterator[Issue]:
    """Yield a note where no axis of a file of this `shape` can be the `epochs`."""
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
    """Yield a warning where the best epoch of `curves` (runs × epochs) isn't the last one."""
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
