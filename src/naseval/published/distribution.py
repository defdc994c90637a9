"""The training curves of 214 random architectures (Fig. 4 and 5)."""

from pathlib import Path

import pyarrow as pa

from naseval.published.raw import SPACES, read_numbers
from naseval.published.rows import Row, curve_rows, darts_run, study_table

FILE = f"{SPACES}/214_random_architectures.npy"


def curves(folder: str | Path) -> list[Row]:
    """Return a row per architecture and epoch; row i is the genotype `darts/random-00i`."""
    accuracies = read_numbers(folder, FILE)
    runs = [darts_run(f"darts/random-{index:03d}", cells=20) for index in range(len(accuracies))]
    return curve_rows(accuracies, runs)


def read(folder: str | Path) -> pa.Table:
    """Return the distribution study."""
    return study_table("distribution", curves(folder))
