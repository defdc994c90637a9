"""The 1,797 handwritten digits of scikit-learn, with 10 classes and without a download.

The originals have 8×8 pixels and 17 grey levels (UCI, optical recognition of handwritten digits).
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

from naseval.data.sources._source import Source

LEVELS = 16


def read(
    archives: Path,  # noqa: ARG001 - scikit-learn brings the images
    image_size: int,
    images: Literal["small", "large"],
) -> Source:
    """Return the digits, enlarged to `image_size`, with three equal channels."""
    digits = load_digits()
    enlarged = np.stack([_enlarged(digit, image_size) for digit in digits.images])
    return Source(
        images=enlarged if images == "small" else _encoded(enlarged),
        labels=digits.target.astype(np.int64),
        classes=tuple(str(name) for name in digits.target_names),
    )


def _enlarged(digit: NDArray[np.float64], size: int) -> NDArray[np.uint8]:
    grey = np.rint(digit * (255 / LEVELS)).astype(np.uint8)
    image = Image.fromarray(grey).resize((size, size), Image.Resampling.BILINEAR)
    return np.repeat(np.asarray(image)[:, :, None], 3, axis=2)


def _encoded(images: NDArray[np.uint8]) -> Iterator[bytes]:
    for image in images:
        content = io.BytesIO()
        Image.fromarray(image).save(content, format="PNG")
        yield content.getvalue()
