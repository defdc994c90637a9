"""The studies of random architectures on CIFAR-10 (Fig. 3 to 9), read from the authors' files."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from naseval.errors import NasevalError
from naseval.published.raw_arrays import Accuracies, read_columns, read_numbers
from naseval.published.raw_files import CELLS, DEPTHS, PERFORMANCE, SEEDS, SPACES
from naseval.published.rows import Row, best_row, curve_rows, darts_run, study_table
from naseval.settings.published import Published

PROTOCOLS_FILE = f"{PERFORMANCE}/Augmentation.csv"
DARTS_FILE = f"{SPACES}/214_random_architectures.npy"
MODIFIED_FILE = f"{SPACES}/56_random_mod_architectures.npy"

PROTOCOL_OF_HEADER = {
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
NUMBERS_OF_CELLS = (4, 6, 8, 12, 16, 20, 24)
"""The numbers of cells in Fig. 7."""
STANDARD_CELLS = 20
"""The number of cells of the protocol C+D+A."""
DEPTH_COLUMNS = (8, 20)
"""The numbers of cells of the columns in the file of Fig. 9, in the order of its name."""


def read_protocols(folder: str | Path) -> pa.Table:
    """Return the protocols study (Fig. 3), one row per architecture and protocol.

    Raise `NasevalError` if a column is not a protocol.
    """
    table = read_columns(folder, PROTOCOLS_FILE)
    unknown = [header for header in table if header not in PROTOCOL_OF_HEADER]
    if unknown:
        raise NasevalError(
            f"{PROTOCOLS_FILE} has the unknown column {unknown[0]!r}; fetch it again"
        )
    rows = [
        best_row(darts_run(_protocols_genotype(index), PROTOCOL_OF_HEADER[header]), accuracy)
        for header, column in table.items()
        for index, accuracy in enumerate(column.tolist())
    ]
    return study_table("protocols", rows)


def _protocols_genotype(index: int) -> str:
    """Return a name for architecture `index` of the protocols study, whose genotype is unknown."""
    return f"darts/protocols-random-{index:03d}"


def read_distribution(folder: str | Path) -> pa.Table:
    """Return the distribution study (Fig. 4 and 5): the curves of 214 random architectures."""
    return study_table("distribution", _darts_curves(folder))


def _darts_curves(folder: str | Path) -> list[Row]:
    """Return one row per architecture and epoch; architecture i is named `darts/random-00i`."""
    accuracies = read_numbers(folder, DARTS_FILE)
    runs = [
        darts_run(f"darts/random-{index:03d}", cells=STANDARD_CELLS)
        for index in range(len(accuracies))
    ]
    return curve_rows(accuracies, runs)


def read_operations(folder: str | Path) -> pa.Table:
    """Return the operations study (Fig. 6): the curves of both spaces, named by `space`."""
    accuracies = read_numbers(folder, MODIFIED_FILE)
    runs = [
        darts_run(f"modified/random-{index:03d}", space="modified", cells=STANDARD_CELLS)
        for index in range(len(accuracies))
    ]
    return study_table("operations", _darts_curves(folder) + curve_rows(accuracies, runs))


def cells_file(cells: int) -> str:
    """Return the path of the file with the networks of `cells` cells."""
    return f"{CELLS}/cell_n_{cells}.npy"


def read_cells(folder: str | Path) -> pa.Table:
    """Return the cells study (Fig. 7), one row per network and epoch.

    A network of 20 cells whose curve equals one of the 214 architectures gets that architecture's
    name. The files do not say which architectures the other networks are, so those get distinct
    names.
    """
    known = read_numbers(folder, DARTS_FILE)
    rows: list[Row] = []
    for cells in NUMBERS_OF_CELLS:
        curves = read_numbers(folder, cells_file(cells))
        runs = [_cells_run(cells, index, curve, known) for index, curve in enumerate(curves)]
        rows += curve_rows(curves, runs)
    return study_table("cells", rows)


def _cells_run(cells: int, index: int, curve: Accuracies, known: Accuracies) -> Row:
    same = cells == STANDARD_CELLS and index < len(known) and np.array_equal(curve, known[index])
    genotype = f"darts/random-{index:03d}" if same else f"darts/cells-{cells}-random-{index:03d}"
    return darts_run(genotype, _protocol_of_cells(cells), cells=cells)


def _protocol_of_cells(cells: int) -> str:
    return "cda" if cells == STANDARD_CELLS else f"cda-{cells}cells"


def read_seeds(folder: str | Path, constants: Published) -> pa.Table:
    """Return the seeds study (Fig. 8): the pairs of the file, then those of the notebook.

    Seeds A and B are numbered 0 and 1, because the authors do not state their values. The
    architectures of the notebook's pairs are those of the protocols study.
    """
    filed = read_numbers(folder, SEEDS).tolist()
    pairs = [(f"darts/seeds-random-{index:03d}", pair) for index, pair in enumerate(filed)]
    pairs += [
        (_protocols_genotype(index), pair) for index, pair in enumerate(constants.seed_pairs.pairs)
    ]
    rows = [
        {**best_row(darts_run(genotype, cells=STANDARD_CELLS), accuracy), "seed": seed}
        for genotype, pair in pairs
        for seed, accuracy in enumerate(pair)
    ]
    return study_table("seeds", rows)


def read_depth(folder: str | Path) -> pa.Table:
    """Return the depth study (Fig. 9), one row per architecture and number of cells."""
    rows = [
        best_row(
            darts_run(f"darts/depth-random-{index:03d}", _protocol_of_cells(cells), cells=cells),
            accuracy,
        )
        for index, pair in enumerate(read_numbers(folder, DEPTHS).tolist())
        for cells, accuracy in zip(DEPTH_COLUMNS, pair, strict=True)
    ]
    return study_table("depth", rows)
