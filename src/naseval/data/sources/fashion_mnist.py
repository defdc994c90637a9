"""Fashion-MNIST: 70,000 images of clothing in four IDX files."""

from pathlib import Path
from typing import Literal

import numpy as np

from naseval.data.facts import get_facts
from naseval.data.formats.idx import read_idx
from naseval.data.sources._source import Source, scaled_down, small_only
from naseval.errors import NasevalError

SIDE = 28  # pixels
PADDED = 32
CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Class names in the order of their labels (the dataset's own page)."""


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:
    """Return the images, 32×32 with three equal channels and a black border of 2 pixels.

    They may be scaled down from that. The background is black, so the border is invisible, and
    networks for CIFAR need 32×32 pixels. The last 10,000 are the archive's test images.
    """
    small_only("fashion-mnist", (image_size, images), PADDED)
    facts = get_facts("fashion-mnist")
    tested = facts.test_images or 0
    parts = {"train": facts.images[0] - tested, "t10k": tested}
    grey = [
        read_idx(archives / f"{part}-images-idx3-ubyte.gz", (count, SIDE, SIDE))
        for part, count in parts.items()
    ]
    labels = [
        read_idx(archives / f"{part}-labels-idx1-ubyte.gz", (count,))
        for part, count in parts.items()
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
        images=scaled_down(np.repeat(padded[..., None], 3, axis=3), image_size),
        labels=given,
        classes=CLASSES,
        test=np.arange(len(given)) >= parts["train"],
    )
