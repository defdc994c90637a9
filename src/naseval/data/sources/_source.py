"""What a source hands over."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from naseval.errors import NasevalError


@dataclass(frozen=True, eq=False)
class Source:
    """N images with their labels, in the order of the archive."""

    images: NDArray[np.uint8] | Iterable[bytes]
    """Small images: uint8 (N, H, W, 3). Large ones: N encoded files (JPEG,
    PNG, …), which may come one by one; what cannot be read raises `NasevalError`."""
    labels: NDArray[np.int64]
    """(N,), indices into `classes`."""
    classes: tuple[str, ...]
    test: NDArray[np.bool_] | None = None
    """(N,), the archive's own test images; None where it makes no such difference."""
    names: tuple[str, ...] | None = None
    """N distinct names that do not depend on the order of reading; None: the index will do."""

    def __post_init__(self) -> None:
        """Raise `ValueError` where the parts do not fit together."""
        count = len(self.labels)
        if count == 0 or self.labels.min() < 0 or self.labels.max() >= len(self.classes):
            raise ValueError("labels must be indices into the classes, at least one")
        if self.test is not None and self.test.shape != (count,):
            raise ValueError("test must mark every image")
        if self.names is not None and len(set(self.names)) != count:
            raise ValueError("names must be distinct, one per image")


def small_only(source: str, wanted: tuple[int, str], size: int) -> None:
    """Raise `NasevalError` unless `wanted` is `(size, "small")`."""
    if wanted != (size, "small"):
        raise NasevalError(
            f"the source {source} has images of {size}×{size} pixels; set the dataset's images to "
            f"small and its image_size to {size}"
        )


def large_only(source: str, images: str) -> None:
    """Raise `NasevalError` unless `images` is `large`."""
    if images != "large":
        raise NasevalError(
            f"the source {source} has photographs of many sizes; set the dataset's images to large"
        )
