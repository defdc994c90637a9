"""Reads the authors' tables and arrays without interpreting them."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.errors import NasevalError
from naseval.published.raw_files import find

Accuracies = NDArray[np.float64]
"""Accuracies in per cent."""


def read_headers(folder: str | Path, path: str) -> list[str]:
    """Return the column headers of a table, unchanged."""
    with find(folder, path).open(encoding="utf-8", newline="") as lines:
        return lines.readline().rstrip("\r\n").split(",")


def read_columns(folder: str | Path, path: str) -> dict[str, Accuracies]:
    """Return the columns of a table of accuracies by their headers, in the file's order.

    Blanks around headers are stripped. Blank entries become NaN.
    """
    return {
        header: np.array([float(text) if text else np.nan for text in column])
        for header, column in read_text_columns(folder, path).items()
    }


def read_text_columns(folder: str | Path, path: str) -> dict[str, list[str]]:
    """Return the same columns with the numbers as texts, as the file contains them."""
    table = pd.read_csv(find(folder, path), dtype=str, keep_default_na=False)
    return {str(header).strip(): column.tolist() for header, column in table.items()}


def read_numbers(folder: str | Path, path: str) -> Accuracies:
    """Return a 2-D array of accuracies (per cent), one row per architecture.

    Raise `NasevalError` if the file is missing or does not contain such an array.
    """
    place = find(folder, path)
    try:
        numbers = np.load(place, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise NasevalError(f"{place} is no array; delete it and fetch it again") from error
    if numbers.ndim != 2 or numbers.dtype != np.float64:
        raise NasevalError(f"{place} is no table of accuracies; delete it and fetch it again")
    return numbers
