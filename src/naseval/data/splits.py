"""Train, validation and test images: a stratified draw that no order of files can change."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from naseval import records
from naseval.data.store import read_labels
from naseval.errors import NasevalError
from naseval.randomness import stream
from naseval.settings.dataset import Split

PARTS = ("train", "validation", "test")
SPLIT_FILE = "splits.parquet"


def stratified_split(
    labels: NDArray[np.int64],
    settings: Split,
    test: NDArray[np.bool_] | None,
    name: str,
    *,
    keys: Sequence[str] | None = None,
) -> NDArray[np.str_]:
    """Return the part of every image, (N,) of `train`, `validation` or `test`.

    `labels` (N,); `test` (N,) marks the archive's own test images, which stay the test part
    where `settings.test` is `archive` and are drawn from like all others where it is a share.
    Each class is put in the order of its `keys` (None: as it stands), shuffled by a stream of
    the dataset's `name` and cut, so that every part has its share to within one image.
    Raises `NasevalError` where the archive has no test images and the settings ask for them.
    """
    if settings.test == "archive" and test is None:
        raise NasevalError(
            f"the dataset {name} has no test images of its own; give split.test a share"
        )
    order = np.arange(len(labels)) if keys is None else np.argsort(np.asarray(keys), kind="stable")
    parts = np.full(len(labels), "test", dtype="<U10")
    divided = order[~test[order]] if settings.test == "archive" and test is not None else order
    for label in np.unique(labels):
        members = divided[labels[divided] == label]
        members = stream(settings.seed, "split", name, int(label)).permutation(members)
        bounds = np.rint(np.cumsum([settings.train, settings.validation]) * len(members))
        train, validation, _ = np.split(members, bounds.astype(int))
        parts[train], parts[validation] = "train", "validation"
    return parts


def write_splits(
    folder: Path, settings: Split, name: str, *, provenance: Mapping[str, Any] | None = None
) -> None:
    """Divide the labelled images of `folder` and write its `splits.parquet`."""
    labels = read_labels(folder)
    test = labels["test"]
    parts = stratified_split(
        labels["label"].to_numpy(),
        settings,
        None if test.null_count else test.to_numpy(),
        name,
        keys=labels["name"].to_pylist(),
    )
    columns = [labels["sample"], labels["label"], labels["class"], pa.array(parts.tolist())]
    table = pa.table(columns, schema=records.SPLITS)
    records.write(folder / SPLIT_FILE, table, provenance or {})


def read_split(folder: Path, parts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the store indices (ascending) and the labels of the images of `parts`.

    Raises `NasevalError` where there are none.
    """
    path = folder / SPLIT_FILE
    table = records.read(path, records.SPLITS)
    chosen = np.isin(table["split"].to_numpy(), list(parts))
    if not chosen.any():
        raise NasevalError(
            f"{path} has no images in {' or '.join(parts)}; give the dataset's split a share for it"
        )
    samples, labels = table["sample"].to_numpy()[chosen], table["label"].to_numpy()[chosen]
    order = np.argsort(samples)
    return samples[order], labels[order]
