"""CIFAR-100."""

from pathlib import Path
from typing import Literal

from naseval.data.formats.cifar import read_cifar
from naseval.data.sources._source import Source


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:
    """Return the 60,000 images, 32×32 or scaled down, with fine labels.

    The last 10,000 are the test images.
    """
    return read_cifar(
        "cifar100",
        archives,
        (image_size, images),
        batches=("train", "test"),
        labels="fine_labels",
        meta=("meta", "fine_label_names"),
    )
