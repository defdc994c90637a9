"""What is known of a user's own images from their files alone, without reading them."""

import hashlib
from collections import Counter
from pathlib import Path

from naseval.data.formats.class_folders import OWN, ClassFolders, class_folders
from naseval.data.formats.members import is_zip, walk, zip_checksums
from naseval.data.sources import check_classes
from naseval.data.splits import all_part_sizes, check_part_sizes
from naseval.errors import NasevalError
from naseval.files import reading
from naseval.records import provenance_of
from naseval.settings.dataset import Dataset

MEND = "let your account read it, or set the dataset's path to another"


def state_of(place: Path, labels: Path) -> str:
    """Return a digest that changes when the images at `place` do.

    It covers path, size and modification time (in whole seconds) of every file in a folder; path,
    size and checksum of every file in a zip; and size and time of a tar. If `place` does not exist,
    for instance because it was removed after the images were stored, it is the digest that their
    table `labels` was written with.

    Raise `NasevalError` if there is nothing at `place` and nothing is stored either, or if it
    cannot be read.
    """
    if _is_there(place):
        lines = [" ".join(map(str, facts)) for facts in _facts(place)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if recorded := _recorded(labels):
        return recorded
    raise NasevalError(
        f"config key datasets.{labels.parent.name}.path: {place} does not exist; name a folder, a "
        "zip or a tar of images"
    )


def bytes_of(place: Path) -> int:
    """Return the size of all files in a folder, or of an archive."""
    return sum(size for _, size, _ in _files(place)) if _is_there(place) else 0


def check_own(name: str, dataset: Dataset) -> None:
    """Raise `NasevalError` if the images have other classes, or a part has none, by their names.

    Names in a folder and in a zip are listed at once. A tar must be read as a whole, which only the
    job does that stores the images. Nothing is said of a place that is gone.
    """
    place = Path(dataset.path or "")
    if _is_zip(place) or _is_folder(place):
        found = class_folders(place)
        check_classes(name, found.classes, dataset.classes)
        _check_test(name, dataset, found)
        check_part_sizes(dataset.split, _divided(dataset, found), name)


def count_own(name: str, dataset: Dataset) -> dict[str, int] | None:
    """Return how many images `train`, `validation` and `test` have, or None if all are gone.

    Raise `NasevalError` if they have no test images and `split.test` is `archive`.
    """
    place = Path(dataset.path or "")
    if not _is_there(place):
        return None
    found = class_folders(place)
    _check_test(name, dataset, found)
    sizes = all_part_sizes(dataset.split, _divided(dataset, found))
    return sizes | ({"test": sum(found.test or ())} if isinstance(dataset.split.test, str) else {})


def _divided(dataset: Dataset, found: ClassFolders) -> list[int]:
    """Return the number of images of each class that the split divides."""
    own = found.test if isinstance(dataset.split.test, str) else None
    kept = (label for place, label in enumerate(found.labels) if not (own and own[place]))
    return list(Counter(kept).values())


def _is_there(place: Path) -> bool:
    with reading(place, MEND):
        return place.exists()


def _is_folder(place: Path) -> bool:
    with reading(place, MEND):
        return place.is_dir()


def _is_zip(place: Path) -> bool:
    with reading(place, MEND):
        return place.is_file() and is_zip(place)


def _check_test(name: str, dataset: Dataset, found: ClassFolders) -> None:
    if dataset.split.test == "archive" and found.test is None:
        raise NasevalError(
            f"{dataset.path} has no folders train and test; give datasets.{name}.split.test a share"
        )


def _recorded(labels: Path) -> str | None:
    try:
        recorded = provenance_of(labels)["settings"]["content"]
    except (NasevalError, KeyError, TypeError):
        return None
    return recorded if isinstance(recorded, str) else None


def _facts(place: Path) -> list[tuple[str, int, int]]:
    return zip_checksums(place, mend=OWN) if _is_zip(place) else _files(place)


def _files(place: Path) -> list[tuple[str, int, int]]:
    with reading(place, MEND):
        if place.is_dir():
            found = [(path, entry.stat()) for path, entry in walk(place)]
        else:
            found = [("", place.stat())]
    return [(path, facts.st_size, int(facts.st_mtime)) for path, facts in found]
