"""Train, validation and test images: a stratified draw that no order of files can change."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
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


def stratified_split(
    labels: NDArray[np.int64],
    settings: Split,
    test: NDArray[np.bool_] | None,
    name: str,
    *,
    keys: Sequence[str] | None = None,
) -> NDArray[np.str_]:
    """Return the part of every image, (N,) of `train`, `validation`, `test` or `unused`.

    `labels` (N,); `test` (N,) marks images chosen for the test, by the archive or by published
    lists: they are the test part where `settings.test` names these, and are drawn from like all
    others where it is a share. Each class is put in the order of its `keys` (None: as it stands),
    shuffled by a stream of the dataset's `name` and cut, so that every part has its share to
    within one image. Raises `NasevalError` where nothing is marked and the settings ask for it.
    """
    chosen = isinstance(settings.test, str)
    if chosen and test is None:
        raise NasevalError(
            f"the dataset {name} has no test images of its own; give split.test a share"
        )
    order = np.arange(len(labels)) if keys is None else np.argsort(np.asarray(keys), kind="stable")
    parts = np.full(len(labels), UNUSED, dtype="<U10")
    divided, share = order, settings.test
    if chosen and test is not None:
        divided, share = order[~test[order]], 0.0
        parts[test] = "test"
    for label in np.unique(labels):
        members = divided[labels[divided] == label]
        members = stream(settings.seed, "split", name, int(label)).permutation(members)
        bounds = np.rint(np.cumsum([settings.train, settings.validation, share]) * len(members))
        for part, cut in zip(PARTS, np.split(members, bounds.astype(int)), strict=False):
            parts[cut] = part
    return parts


def write_splits(
    folder: Path,
    settings: Split,
    name: str,
    *,
    lists: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> None:
    """Divide the labelled images of `folder` and write its `splits.parquet`.

    `lists` gives `train` or `test` for every image by its name, class/name, where the settings
    ask for published lists; images that they don't hold are in no part. `NasevalError` where a
    listed image is not there.
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
    columns = [labels["sample"], labels["label"], labels["class"], pa.array(parts.tolist())]
    table = pa.table(columns, schema=schemas.SPLITS).filter(pa.array(parts != UNUSED))
    records.write(folder / SPLIT_FILE, table, provenance or {})


def _listed(labels: pa.Table, lists: Mapping[str, str], folder: Path) -> pa.Table:
    """Return the listed images; their column `test` is what the lists say."""
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


def read_split(folder: Path, parts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the store indices (ascending) and the labels of the images of `parts`.

    Raises `NasevalError` where there are none.
    """
    path = folder / SPLIT_FILE
    table = records.read(path, schemas.SPLITS)
    chosen = np.isin(table["split"].to_numpy(), list(parts))
    if not chosen.any():
        raise NasevalError(
            f"{path} has no images in {' or '.join(parts)}; give the dataset's split a share for it"
        )
    samples, labels = table["sample"].to_numpy()[chosen], table["label"].to_numpy()[chosen]
    order = np.argsort(samples)
    return samples[order], labels[order]
