"""Photographs in class folders of an archive."""

import io
import logging
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from naseval.data.formats.members import file_names, read_files
from naseval.data.sources._source import Source
from naseval.errors import NasevalError

log = logging.getLogger(__name__)

SUFFIXES = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff"}
PROGRESS = 2000  # images between two lines of the log


def in_folder(path: str) -> tuple[str, str]:
    """Return class and name of an image that lies in its class's folder."""
    place = PurePosixPath(path)
    return place.parent.name, place.name


def read_pictures(
    archive: Path,
    images: Sequence[int],
    classes: Sequence[str] | int,
    key: Callable[[str], tuple[str, str]] = in_folder,
) -> Source:
    """Return the images of an archive, encoded as they are, in the order of the archive.

    `key` gives class and name of the image at a path. `images` are the numbers of images that
    the archive may hold, `classes` the classes in the order of their labels or their number.
    Every image is decoded once; one that cannot be is left out, with a warning. Names are
    class/name: names alone may occur in several classes. Raises `NasevalError` where the
    archive is damaged, holds a class/name twice, or what is left is not as many images or classes.
    """
    paths = [path for path in file_names(archive) if _is_picture(path)]
    broken = dict(_broken(archive, paths))
    kept = [path for path in paths if path not in broken]
    keys = [key(path) for path in kept]
    found = sorted({label for label, _ in keys})
    order = found if isinstance(classes, int) else list(classes)
    _check_numbers(archive, len(kept), images, broken)
    _check_classes(archive, found, order, classes if isinstance(classes, int) else len(order))
    _check_distinct(archive, ["/".join(pair) for pair in keys])
    chosen = set(kept)
    return Source(
        images=(content for _, content in read_files(archive, chosen.__contains__)),
        labels=np.array([order.index(label) for label, _ in keys], dtype=np.int64),
        classes=tuple(order),
        names=tuple("/".join(pair) for pair in keys),
    )


def why_broken(content: bytes) -> str | None:
    """Return why an encoded image cannot be decoded to RGB, or None where it can."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.convert("RGB")
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        return str(error)
    return None


def _is_picture(path: str) -> bool:
    place = PurePosixPath(path)
    # Macintosh archives hold a second file ._NAME beside every image.
    return place.suffix.lower() in SUFFIXES and not place.name.startswith(".")


def _broken(archive: Path, paths: list[str]) -> Iterator[tuple[str, str]]:
    chosen = set(paths)
    for done, (path, content) in enumerate(read_files(archive, chosen.__contains__), start=1):
        if reason := why_broken(content):
            log.warning("%s: %s cannot be decoded (%s) and is left out", archive, path, reason)
            yield path, reason
        if done % PROGRESS == 0:
            log.info("%s: %d of %d images decoded", archive, done, len(paths))


def _check_numbers(
    archive: Path, count: int, images: Sequence[int], broken: dict[str, str]
) -> None:
    if count not in images:
        first = next(iter(broken.items()), None)
        also = f" ({first[0]} cannot be decoded: {first[1]})" if first else ""
        raise NasevalError(
            f"{archive} holds {count} whole images, not {' or '.join(map(str, images))}{also}; "
            "delete it and run snakemake download"
        )


def _check_classes(archive: Path, found: list[str], order: list[str], number: int) -> None:
    missing = sorted(set(order) - set(found))
    if len(found) != number or missing:
        names = f" (there is no {', '.join(missing)})" if missing else ""
        raise NasevalError(
            f"{archive} holds images of {len(found)} classes, not {number}{names}; "
            "delete it and run snakemake download"
        )


def _check_distinct(archive: Path, names: list[str]) -> None:
    if len(set(names)) != len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise NasevalError(
            f"{archive} holds the image {twice} in two places; delete it and run snakemake download"
        )
