"""The space of plain convolutions beside the DARTS space (Fig. 6)."""

from pathlib import Path

import pyarrow as pa

from naseval.published import distribution
from naseval.published.raw import SPACES, read_numbers
from naseval.published.rows import curve_rows, darts_run, study_table

FILE = f"{SPACES}/56_random_mod_architectures.npy"


def read(folder: str | Path) -> pa.Table:
    """Return the operations study: the curves of both spaces, told apart by `space`."""
    accuracies = read_numbers(folder, FILE)
    runs = [
        darts_run(f"modified/random-{index:03d}", space="modified", cells=20)
        for index in range(len(accuracies))
    ]
    return study_table("operations", distribution.curves(folder) + curve_rows(accuracies, runs))
