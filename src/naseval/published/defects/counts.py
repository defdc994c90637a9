"""Files that hold fewer runs than the paper reports."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from naseval.published import cells
from naseval.published.defects.issue import Issue
from naseval.published.raw import SEEDS, Accuracies, read_numbers
from naseval.settings.published import Published

PAIRS = 32  # paper, section 5.3 and Fig. 8
NETWORKS = 16  # paper, Fig. 7


def find(folder: str | Path, constants: Published) -> Iterator[Issue]:
    """Yield the issues of the seeds and the cells study."""
    typed = np.array(constants.seed_pairs.pairs)
    yield from seed_pairs(read_numbers(folder, SEEDS), typed)
    for count in cells.COUNTS:
        path = cells.file(count)
        yield from networks(path, count, len(read_numbers(folder, path)))


def seed_pairs(filed: Accuracies, typed: Accuracies) -> Iterator[Issue]:
    """Yield an issue where the file (pairs × 2) lacks pairs that the paper counts."""
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
    """Yield an issue where a file holds fewer networks than Fig. 7 reports."""
    if rows < NETWORKS:
        yield Issue(
            path,
            "cells",
            "error",
            f"curves of networks with {count} cells are missing",
            "means are taken over the curves there are; claims on the number are mismatches",
            f"{rows} of {NETWORKS} curves",
        )
