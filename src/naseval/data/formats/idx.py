"""IDX, the format of the MNIST family: one gzip-compressed array of bytes."""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from naseval.errors import NasevalError

UNSIGNED_BYTES = 0x0800  # two zero bytes and the type; the number of dimensions is added


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read the array, uint8 of `shape`. Raise `NasevalError` if the content differs."""
    expected = struct.pack(f">{1 + len(shape)}I", UNSIGNED_BYTES + len(shape), *shape)
    size = int(np.prod(shape))
    try:
        with gzip.open(path) as file:
            header = file.read(len(expected))
            content = file.read(size + 1)  # a longer file is not read completely
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run snakemake download") from error
    except (OSError, EOFError, zlib.error) as error:
        raise NasevalError(
            f"{path} is damaged ({error}); delete it and run snakemake download"
        ) from error
    if header != expected or len(content) != size:
        raise NasevalError(
            f"{path} does not hold bytes of the shape {'×'.join(map(str, shape))}; "
            "delete it and run snakemake download"
        )
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)
