"""MATLAB files, read in a process of their own: a damaged one can crash SciPy's reader."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from naseval.errors import NasevalError


def read_numbers(path: Path, name: str) -> NDArray[np.int64]:
    """Return the variable `name`, int64 (N,). Raise `NasevalError` if the file lacks it."""
    if not path.is_file():
        raise NasevalError(f"{path} is missing; run snakemake download")
    fork = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(1, fork) as pool:
            return pool.submit(_numbers, path, name).result()
    except BrokenProcessPool as error:
        reason = "SciPy's reader crashes on it"
        cause: Exception = error
    except Exception as error:  # a damaged file can make SciPy's reader raise anything
        reason = " ".join(str(error).split()) or type(error).__name__
        cause = error
    raise NasevalError(
        f"{path} does not hold the numbers {name} ({reason}); delete it and run snakemake download"
    ) from cause


def _numbers(path: Path, name: str) -> NDArray[np.int64]:
    values = loadmat(path, variable_names=[name])[name]
    if not (isinstance(values, np.ndarray) and np.issubdtype(values.dtype, np.integer)):
        raise ValueError("it has others than integers")
    numbers: NDArray[np.int64] = values.ravel().astype(np.int64)
    return numbers
