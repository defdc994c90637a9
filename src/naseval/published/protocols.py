"""Eight random architectures under ten training protocols (Fig. 3)."""

from pathlib import Path

import pyarrow as pa

from naseval.errors import NasevalError
from naseval.published.raw import PERFORMANCE, read_columns
from naseval.published.rows import best_row, darts_run, study_table

FILE = f"{PERFORMANCE}/Augmentation.csv"
PROTOCOLS = {
    "Base": "base",
    "Auxiliary": "a",
    "DropPath": "d",
    "Cutout": "c",
    "CD": "cd",
    "CDA": "cda",
    "CDA 50 Channels": "cda-50c",
    "CDA AutoAugment": "cda-aa",
    "CDAAA 1500 Epochs": "cda-aa-1500e",
    "CDAAA1500E50C": "cda-aa-50c-1500e",
}


def genotype_id(index: int) -> str:
    """Name architecture `index` of this study; its genotype isn't published."""
    return f"darts/protocols-random-{index:03d}"


def read(folder: str | Path) -> pa.Table:
    """Return the protocols study, one row per architecture and protocol.

    `NasevalError` where a column is no protocol.
    """
    table = read_columns(folder, FILE)
    unknown = [header for header in table if header not in PROTOCOLS]
    if unknown:
        raise NasevalError(f"{FILE} has the unknown column {unknown[0]!r}; fetch it again")
    rows = [
        best_row(darts_run(genotype_id(index), PROTOCOLS[header]), accuracy)
        for header, column in table.items()
        for index, accuracy in enumerate(column.tolist())
    ]
    return study_table("protocols", rows)
