"""Networks of 4 to 24 cells (Fig. 7)."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from naseval.published import distribution
from naseval.published.raw import CELLS, Accuracies, read_numbers
from naseval.published.rows import Row, curve_rows, darts_run, study_table

COUNTS = (4, 6, 8, 12, 16, 20, 24)
STANDARD = 20
"""The number of cells of the protocol C+D+A."""


def file(cells: int) -> str:
    """Return the file of networks of so many cells."""
    return f"{CELLS}/cell_n_{cells}.npy"


def read(folder: str | Path) -> pa.Table:
    """Return the cells study, a row per network and epoch.

    Networks of 20 cells are named after the rows of the 214 architectures where they repeat
    them. Nothing says which architectures the other files hold, so their names differ.
    """
    known = read_numbers(folder, distribution.FILE)
    rows: list[Row] = []
    for cells in COUNTS:
        curves = read_numbers(folder, file(cells))
        rows += curve_rows(curves, [_run(cells, i, curve, known) for i, curve in enumerate(curves)])
    return study_table("cells", rows)


def _run(cells: int, index: int, curve: Accuracies, known: Accuracies) -> Row:
    same = cells == STANDARD and index < len(known) and np.array_equal(curve, known[index])
    genotype = f"darts/random-{index:03d}" if same else f"darts/cells-{cells}-random-{index:03d}"
    protocol = "cda" if cells == STANDARD else f"cda-{cells}cells"
    return darts_run(genotype, protocol, cells=cells)
