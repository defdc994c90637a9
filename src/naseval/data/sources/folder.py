"""A user's own images: a folder, a zip or a tar with one folder per class."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from naseval.data.decoding import decode, one_line, why_broken
from naseval.data.formats.class_folders import OWN, ClassFolders, class_folders
from naseval.data.formats.members import read_files, read_in_order
from naseval.data.sources._source import Source
from naseval.errors import NasevalError

log = logging.getLogger(__name__)

Reasons = dict[str, str]
"""Why images cannot be decoded, by their paths."""
SHOWN = 3  # files that a message names
PROGRESS = 10_000  # images between two log lines


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:
    """Return the images in `archives`, the dataset's path, sorted by their names.

    Small images are scaled until their shorter side is `image_size`, and the middle is kept. Large
    images stay as they were encoded. An image that cannot be decoded is left out; one warning names
    and counts them.
    """
    found = class_folders(archives)
    if others := found.passed_over:
        log.info("%s: passed over %d files, no images of a class: %s",
                 archives, len(others), _listed(others))  # fmt: skip
    if images == "large":
        return _source(archives, found, _broken(archives, found))
    array, broken = _resized(archives, found, image_size)
    source = _source(archives, found, broken)
    return replace(source, images=array[_kept(found, broken)] if broken else array)


def _resized(archives: Path, found: ClassFolders, size: int) -> tuple[NDArray[np.uint8], Reasons]:
    """Return all images (N, size, size, 3), and why some of them, which stay black, are broken."""
    positions = {path: position for position, path in enumerate(found.paths)}
    array = np.zeros((len(positions), size, size, 3), np.uint8)
    broken = {}
    for path, content in _contents(archives, found):
        try:
            image = ImageOps.fit(decode(content), (size, size), Image.Resampling.BILINEAR)
        except OSError as error:
            broken[path] = one_line(error)
        else:
            array[positions[path]] = np.asarray(image)
    return array, broken


def _broken(archives: Path, found: ClassFolders) -> Reasons:
    reasons = {path: why_broken(content) for path, content in _contents(archives, found)}
    return {path: reason for path, reason in reasons.items() if reason}


def _contents(archives: Path, found: ClassFolders) -> Iterator[tuple[str, bytes]]:
    files = read_files(archives, set(found.paths).__contains__, mend=OWN)
    for done, file in enumerate(files, start=1):
        yield file
        if done % PROGRESS == 0:
            log.info("%s: %d of %d images decoded", archives, done, len(found.paths))


def _source(archives: Path, found: ClassFolders, broken: Reasons) -> Source:
    """Return the whole images as they are encoded. Warn of the others."""
    if broken:
        reasons = [f"{path} ({broken[path]})" for path in found.paths if path in broken]
        log.warning("%s: %d of %d images cannot be decoded and are left out: %s",
                    archives, len(broken), len(found.paths), _listed(reasons))  # fmt: skip
    kept = _kept(found, broken)
    labels = np.array(found.labels, dtype=np.int64)[kept]
    _check_classes(archives, found, labels)
    return Source(
        images=read_in_order(archives, [found.paths[index] for index in kept], mend=OWN),
        labels=labels,
        classes=found.classes,
        test=None if found.test is None else np.array(found.test)[kept],
        names=tuple(found.names[index] for index in kept),
    )


def _kept(found: ClassFolders, broken: Reasons) -> list[int]:
    return [index for index, path in enumerate(found.paths) if path not in broken]


def _check_classes(archives: Path, found: ClassFolders, labels: NDArray[np.int64]) -> None:
    whole = set(labels.tolist())
    if lost := [name for label, name in enumerate(found.classes) if label not in whole]:
        raise NasevalError(
            f"{archives} has no image of {_listed(lost)} that can be decoded; {OWN.damaged}"
        )


def _listed(files: Sequence[str]) -> str:
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return ", ".join(files[:SHOWN]) + more
