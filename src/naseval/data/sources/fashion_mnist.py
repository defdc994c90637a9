"""Fashion-MNIST: 70,000 articles of clothing, in the IDX format of the MNIST family."""

import gzip
import struct
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from naseval.data.sources._source import Source, small_only
from naseval.errors import NasevalError

UNSIGNED_BYTES = 0x0800  # two zeros, the type; the number of dimensions is added


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return the array, uint8 of `shape`; `NasevalError` where the file holds anything else."""
    expected = struct.pack(f">{1 + len(shape)}I", UNSIGNED_BYTES + len(shape), *shape)
    size = int(np.prod(shape))
    try:
        with gzip.open(path) as file:
            header = file.read(len(expected))
            content = file.read(size + 1)  # a longer file is not read to its end
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


SIDE = 28  # pixels
PADDED = 32
PARTS = {"train": 60_000, "t10k": 10_000}
CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""In the order of their labels (the dataset's own page)."""


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:
    """Return the images with a black border of 2 pixels, 32×32, grey in three equal channels.

    The background is black, so nothing shows where an image ends; 32×32 is what the networks
    for CIFAR are made for. The archive's own test images are the last 10,000.
    """
    small_only("fashion-mnist", (image_size, images), PADDED)
    grey = [
        read_idx(archives / f"{part}-images-idx3-ubyte.gz", (count, SIDE, SIDE))
        for part, count in PARTS.items()
    ]
    labels = [
        read_idx(archives / f"{part}-labels-idx1-ubyte.gz", (count,))
        for part, count in PARTS.items()
    ]
    given = np.concatenate(labels).astype(np.int64)
    if not np.array_equal(np.unique(given), np.arange(len(CLASSES))):
        raise NasevalError(
            f"{archives} does not hold images of {len(CLASSES)} classes; "
            "delete it and run snakemake download"
        )
    border = (PADDED - SIDE) // 2
    padded = np.pad(np.concatenate(grey), ((0, 0), (border, border), (border, border)))
    return Source(
        images=np.repeat(padded[..., None], 3, axis=3),
        labels=given,
        classes=CLASSES,
        test=np.arange(len(given)) >= PARTS["train"],
    )
