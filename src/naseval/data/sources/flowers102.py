"""Flowers-102: photographs of 102 kinds of flowers in a tar.gz, labels in a MATLAB file."""

from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from naseval.data.facts import get_facts
from naseval.data.formats.matlab import read_numbers
from naseval.data.formats.pictures import read_pictures
from naseval.data.sources._source import Source, large_only
from naseval.errors import NasevalError

PREFIX, SUFFIX = "image_", ".jpg"
"""Images are named image_00001.jpg and so on. Labels and test images refer to these numbers."""


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:  # noqa: ARG001 - of any size
    """Return the 8,189 encoded images. The classes are flower_1 to flower_102.

    These are the class names of the paper's authors. The archive's test images are those in
    `tstid`.
    """
    large_only("flowers102", images)
    facts = get_facts("flowers102")
    archive = archives / "102flowers.tgz"
    labels = read_numbers(archives / "imagelabels.mat", "labels")
    _check_range(archives / "imagelabels.mat", labels, facts.classes)
    tested = read_numbers(archives / "setid.mat", "tstid")
    _check_range(archives / "setid.mat", tested, len(labels))
    source = read_pictures(
        archive,
        facts.images,
        [f"flower_{label}" for label in range(1, facts.classes + 1)],
        lambda path: (f"flower_{labels[_number(archive, path, labels) - 1]}", _name(path)),
    )
    numbers = [_number(archive, name, labels) for name in source.names or ()]
    return Source(
        source.images, source.labels, source.classes, np.isin(numbers, tested), source.names
    )


def _check_range(path: Path, numbers: NDArray[np.int64], largest: int) -> None:
    if not ((numbers >= 1) & (numbers <= largest)).all():
        raise NasevalError(
            f"{path} has numbers other than 1 to {largest}; delete it and run snakemake download"
        )


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _number(archive: Path, path: str, labels: NDArray[np.int64]) -> int:
    text = _name(path).removeprefix(PREFIX).removesuffix(SUFFIX)
    if not (text.isdecimal() and 1 <= int(text) <= len(labels)):
        raise NasevalError(
            f"{archive} holds the image {path}, which no label belongs to; "
            "delete it and run snakemake download"
        )
    return int(text)
