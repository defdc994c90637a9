"""The result of reading a source."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from naseval.errors import NasevalError


@dataclass(frozen=True, eq=False)
class Source:
    """N images with their labels, in the order of the archive."""

    images: NDArray[np.uint8] | Iterable[bytes]
    """Small images: uint8 (N, H, W, 3). Large images: N encoded files (JPEG, PNG, …), possibly from
    a generator. An image that cannot be read raises `NasevalError`.
    """
    labels: NDArray[np.int64]
    """(N,), indices into `classes`."""
    classes: tuple[str, ...]
    test: NDArray[np.bool_] | None = None
    """(N,), marks the archive's own test images. None if the archive has no test part."""
    names: tuple[str, ...] | None = None
    """N distinct names that do not depend on the reading order. None: the indices are used."""

    def __post_init__(self) -> None:
        """Raise `ValueError` if the fields are inconsistent."""
        count = len(self.labels)
        if count == 0 or self.labels.min() < 0 or self.labels.max() >= len(self.classes):
            raise ValueError("labels must be indices into the classes, at least one")
        if self.test is not None and self.test.shape != (count,):
            raise ValueError("test must mark every image")
        if self.names is not None and len(set(self.names)) != count:
            raise ValueError("names must be distinct, one per image")


def small_only(source: str, wanted: tuple[int, str], size: int) -> None:
    """Raise `NasevalError` unless `wanted` is `(side, "small")` with a side of at most `size`."""
    side, kind = wanted
    if kind != "small" or side > size:
        raise NasevalError(
            f"the source {source} has images of {size}×{size} pixels; set the dataset's images to "
            f"small and its image_size to {size} or less"
        )


def scaled_down(images: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return square images (N, S, S, 3) with `size` pixels a side, which is at most S.

    Pillow's bilinear filter averages over the pixels that become one, as for images in a folder.
    """
    if images.shape[1] == size:
        return images
    scaled = np.empty((len(images), size, size, 3), np.uint8)
    for index, image in enumerate(images):
        small = Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR)
        scaled[index] = np.asarray(small)
    return scaled


def large_only(source: str, images: str) -> None:
    """Raise `NasevalError` unless `images` is `large`."""
    if images != "large":
        raise NasevalError(
            f"the source {source} has photographs of many sizes; set the dataset's images to large"
        )
