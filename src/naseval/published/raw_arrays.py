"""The numbers of the authors' files as they are: tables with their headers, and arrays."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.errors import NasevalError
from naseval.published.raw_files import find

Accuracies = NDArray[np.float64]
"""Per cent."""


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
