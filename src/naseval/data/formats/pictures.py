"""Photographs in an archive with one folder per class."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from naseval.data.decoding import why_broken
from naseval.data.formats.class_folders import is_picture
from naseval.data.formats.members import file_names, read_files
from naseval.data.sources._source import Source
from naseval.errors import NasevalError

log = logging.getLogger(__name__)

PROGRESS = 2000  # images between two log lines


def in_folder(path: str) -> tuple[str, str]:
    """Return (class, name) of an image in its class's folder."""
    place = PurePosixPath(path)
    return place.parent.name, place.name


def read_pictures(
    archive: Path,
    images: Sequence[int],
    classes: Sequence[str] | int,
    key: Callable[[str], tuple[str, str]] = in_folder,
) -> Source:
    """Return the encoded images of an archive, in the order of the archive.

    `key` maps the path of an image to its class and name. `images` are the possible numbers of
    images in the archive. `classes` are the class names in the order of their labels, or their
    number. Every image is decoded once; an image that cannot be decoded is left out with a warning.
    Names are class/name, because the same name may occur in several classes.

    Raise `NasevalError` if the archive is damaged, has a class/name twice, or has another number of
    decodable images or of classes.
    """
    paths = [path for path in file_names(archive) if is_picture(path)]
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
