"""CIFAR-10."""

from pathlib import Path
from typing import Literal

from naseval.data.formats.cifar import read_cifar
from naseval.data.sources._source import Source

TRAIN = tuple(f"data_batch_{part}" for part in range(1, 6))


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:
    """Return the 60,000 images, 32×32 or scaled down.

    The last 10,000 are the archive's test images.
    """
    return read_cifar(
        "cifar10",
        archives,
        (image_size, images),
        batches=(*TRAIN, "test_batch"),
        labels="labels",
        meta=("batches.meta", "label_names"),
    )
