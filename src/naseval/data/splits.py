"""Train, validation and test parts, from a stratified draw that ignores the order of files."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from naseval import records, schemas
from naseval.data.store import LABEL_FILE, read_labels
from naseval.errors import NasevalError
from naseval.randomness import stream
from naseval.settings.dataset import Split

log = logging.getLogger(__name__)

PARTS = ("train", "validation", "test")
UNUSED = "unused"
SPLIT_FILE = "splits.parquet"
MEND = "delete it and run again"


def stratified_split(
    labels: NDArray[np.int64],
    settings: Split,
    test: NDArray[np.bool_] | None,
    name: str,
    *,
    keys: Sequence[str] | None = None,
) -> NDArray[np.str_]:
    """Return the part of every image, (N,): `train`, `validation`, `test` or `unused`.

    `labels` has the shape (N,). `test` (N,) marks the test images of the archive or of the
    published lists. They are the test part if `settings.test` says so. If `settings.test` is a
    share, they are drawn like all other images. Each class is sorted by its `keys` (None: not
    sorted), shuffled by a stream that the dataset's `name` is part of, and cut, so every part has
    its share to within one image. Raise `NasevalError` if the settings require marked test images
    and there are none.
    """
    chosen = isinstance(settings.test, str)
    if chosen and test is None:
        raise NasevalError(
            f"the dataset {name} has no test images of its own; give split.test a share"
        )
    order = np.arange(len(labels)) if keys is None else np.argsort(np.asarray(keys), kind="stable")
    parts = np.full(len(labels), UNUSED, dtype="<U10")
    divided = order
    if chosen and test is not None:
        divided = order[~test[order]]
        parts[test] = "test"
    for label in np.unique(labels):
        members = divided[labels[divided] == label]
        members = stream(settings.seed, "split", name, int(label)).permutation(members)
        bounds = np.cumsum(part_sizes(settings, len(members)))
        for part, cut in zip(PARTS, np.split(members, bounds), strict=False):
            parts[cut] = part
    return parts


def part_sizes(settings: Split, images: int) -> NDArray[np.int64]:
    """Return how many of the images of a class, test images of its own apart, are in `PARTS`."""
    test = 0.0 if isinstance(settings.test, str) else settings.test
    bounds = np.rint(np.cumsum([settings.train, settings.validation, test]) * images)
    return np.diff(bounds.astype(np.int64), prepend=0)


def all_part_sizes(settings: Split, classes: Sequence[int]) -> dict[str, int]:
    """Return how many images are in each of `PARTS`, by `part_sizes` of the classes."""
    sizes = np.sum([part_sizes(settings, images) for images in classes], axis=0)
    return dict(zip(PARTS, sizes.tolist(), strict=True))


def check_part_sizes(settings: Split, classes: Sequence[int], name: str) -> None:
    """Raise `NasevalError` if a part that has a share has no image of any class.

    `classes` are the numbers of images of each class, test images of its own apart.
    """
    for part, images in all_part_sizes(settings, classes).items():
        if not isinstance(share := getattr(settings, part), str) and share > 0 and images == 0:
            raise NasevalError(_empty(name, part, sum(classes), len(classes)))


def _empty(name: str, part: str, images: int, classes: int) -> str:
    return (
        f"no image of the dataset {name} falls into the part {part}, because its share of "
        f"{images} images of {classes} classes is less than one of each class; raise "
        f"datasets.{name}.split.{part}, or add images"
    )


def write_splits(
    folder: Path,
    settings: Split,
    name: str,
    *,
    lists: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Divide the labelled images of `folder` into parts and write `splits.parquet`.

    If the settings require published lists, `lists` maps the name of every image, class/name, to
    `train` or `test`. Images that are not in the lists are in no part. Raise `NasevalError` if a
    listed image is missing, or no image is in a part that is to have some.
    """
    labels = read_labels(folder)
    if settings.test == "published":
        labels = _listed(labels, lists or {}, folder)
    test = labels["test"]
    parts = stratified_split(
        labels["label"].to_numpy(),
        settings,
        None if test.null_count else test.to_numpy(),
        name,
        keys=labels["name"].to_pylist(),
    )
    _check_parts(parts, np.array(labels["class"].to_pylist(), dtype=object), settings, name)
    columns = [labels["sample"], labels["label"], labels["class"], pa.array(parts.tolist())]
    table = pa.table(columns, schema=schemas.SPLITS).filter(pa.array(parts != UNUSED))
    records.write(folder / SPLIT_FILE, table, provenance or {})


def _check_parts(
    parts: NDArray[np.str_], classes: NDArray[np.object_], settings: Split, name: str
) -> None:
    """Raise `NasevalError` for an empty part that has a share. Warn of classes that it lacks."""
    for part in PARTS:
        chosen = parts == part
        if getattr(settings, part) == 0:
            continue
        if not chosen.any():
            raise NasevalError(_empty(name, part, len(parts), len(set(classes))))
        if lost := sorted(set(classes) - set(classes[chosen])):
            log.warning("%s: %d classes have no image in the part %s, such as %s",
                        name, len(lost), part, lost[0])  # fmt: skip


def _listed(labels: pa.Table, lists: Mapping[str, str], folder: Path) -> pa.Table:
    """Return the listed images. Their column `test` has the values of the lists."""
    names = labels["name"].to_pylist()
    if missing := sorted(lists.keys() - set(names)):
        raise NasevalError(
            f"{folder / LABEL_FILE} lacks {missing[0]} and {len(missing) - 1} more images that the "
            "published lists name; fetch the archive again, or give split.test a share"
        )
    known = pa.array([name in lists for name in names])
    if left := len(names) - len(lists):
        log.warning("%s: %d images are in no published list and in no part", folder, left)
    kept = labels.filter(known)
    test = pa.array([lists[name] == "test" for name in kept["name"].to_pylist()])
    return kept.set_column(kept.column_names.index("test"), "test", test)


def read_splits(folder: Path) -> pa.Table:
    """Return `splits.parquet`. Raise `NasevalError` unless it fits `labels.parquet`.

    Every image must have its own label and class, and where the archive's test images are the test
    part, exactly these must be in it.
    """
    path = folder / SPLIT_FILE
    table, labels = records.read(path, schemas.SPLITS), read_labels(folder)
    samples = table["sample"].to_numpy()
    if len(samples) and samples.max() >= len(labels):
        raise NasevalError(f"{path} has images that {LABEL_FILE} lacks; {MEND}")
    labelled = labels.take(samples)
    for column in ("label", "class"):
        if not table[column].equals(labelled[column]):
            raise NasevalError(f"{path} has other labels than {LABEL_FILE}; {MEND}")
    settings = records.provenance_in(table).get("settings", {})
    own = settings.get("split", {}).get("test") == "archive"
    if own and not pc.equal(table["split"], "test").equals(labelled["test"]):
        raise NasevalError(f"{path} has other test images than {LABEL_FILE}; {MEND}")
    return table


def read_split(folder: Path, parts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the indices (ascending) and the labels of the stored images in `parts`.

    Raise `NasevalError` if there are none.
    """
    table = read_splits(folder)
    chosen = np.isin(table["split"].to_numpy(), list(parts))
    if not chosen.any():
        raise NasevalError(
            f"{folder / SPLIT_FILE} has no images in {' or '.join(parts)}; give the dataset's "
            "split a share for it"
        )
    samples, labels = table["sample"].to_numpy()[chosen], table["label"].to_numpy()[chosen]
    order = np.argsort(samples)
    return samples[order], labels[order]
