"""Architectures trained with 8 and with 20 cells (Fig. 9)."""

from pathlib import Path

import pyarrow as pa

from naseval.published.raw import DEPTHS, read_numbers
from naseval.published.rows import best_row, darts_run, study_table

COLUMNS = (8, 20)
"""Cells of the file's columns, which its name gives in this order."""


def read(folder: str | Path) -> pa.Table:
    """Return the depth study, one row per architecture and number of cells."""
    rows = [
        best_row(
            darts_run(
                f"darts/depth-random-{index:03d}",
                "cda" if cells == 20 else f"cda-{cells}cells",
                cells=cells,
            ),
            accuracy,
        )
        for index, pair in enumerate(read_numbers(folder, DEPTHS).tolist())
        for cells, accuracy in zip(COLUMNS, pair, strict=True)
    ]
    return study_table("depth", rows)
