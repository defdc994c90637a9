"""Whole numbers in MATLAB's files."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from naseval.errors import NasevalError


def read_numbers(path: Path, name: str) -> NDArray[np.int64]:
    """Return the variable `name` as int64 (N,); `NasevalError` where the file has none."""
    if not path.is_file():
        raise NasevalError(f"{path} is missing; run snakemake download")
    try:
        values = loadmat(path, variable_names=[name])[name]
    except (MatReadError, KeyError, ValueError, TypeError, OSError, NotImplementedError) as error:
        raise NasevalError(
            f"{path} does not hold the numbers {name} ({error}); "
            "delete it and run snakemake download"
        ) from error
    if not np.issubdtype(values.dtype, np.integer):
        raise NasevalError(
            f"{path} holds no whole numbers {name}; delete it and run snakemake download"
        )
    return values.ravel().astype(np.int64)
