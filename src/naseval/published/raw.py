"""The authors' files as they are: tables with their headers, curves, genotypes."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.errors import NasevalError
from naseval.published.archive import raw_files

Accuracies = NDArray[np.float64]
"""Per cent."""

PERFORMANCE = "Plots/data/performance"
CELLS = "Plots/data/cell_sensitivity"
SPACES = "Plots/data/modified_search_space"
SEEDS = "Plots/data/correlation_seeds/different_seed_24.npy"
DEPTHS = "Plots/data/correlation_cells/8_to_20_cells.npy"


def find(folder: str | Path, path: str) -> Path:
    """Return where the upstream file `path`, in one of its forms, lies below `folder`.

    `NasevalError` names the file where it is missing.
    """
    for form in raw_files()[path].forms:
        if (place := Path(folder) / form.path).is_file():
            return place
    raise NasevalError(
        f"{Path(folder) / path} is missing; run the rule that fetches the authors' files"
    )


def read_headers(folder: str | Path, path: str) -> list[str]:
    """Return the column headers of a table, untouched."""
    with find(folder, path).open(newline="") as lines:
        return lines.readline().rstrip("\r\n").split(",")


def read_columns(folder: str | Path, path: str) -> dict[str, Accuracies]:
    """Return the columns of a table of accuracies by their headers, in the file's order.

    Headers lose the blanks around them, nothing else changes; blank entries are NaN.
    """
    return {
        header: np.array([float(text) if text else np.nan for text in column])
        for header, column in read_text_columns(folder, path).items()
    }


def read_text_columns(folder: str | Path, path: str) -> dict[str, list[str]]:
    """Return the same columns with every number as the text that is printed."""
    table = pd.read_csv(find(folder, path), dtype=str, keep_default_na=False)
    return {str(header).strip(): column.tolist() for header, column in table.items()}


def read_numbers(folder: str | Path, path: str) -> Accuracies:
    """Return an array of accuracies, one row per architecture.

    `NasevalError` where the file is no such array.
    """
    place = find(folder, path)
    try:
        numbers = np.load(place, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise NasevalError(f"{place} is no array; delete it and fetch it again") from error
    if numbers.ndim != 2 or numbers.dtype != np.float64:
        raise NasevalError(f"{place} is no table of accuracies; delete it and fetch it again")
    return numbers
