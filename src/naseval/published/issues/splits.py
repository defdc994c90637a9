"""Issues of the lists of images: missing, ambiguous or repeated entries."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from naseval.published import splits
from naseval.published.issues.issue import Issue

STATED = {"sport8": 1579, "mit67": 15620, "flowers102": 8189}
"""The total number of images in the paper, appendix A.2."""
NEEDED = ("train", "validation", "test")


def find(folder: str | Path) -> Iterator[Issue]:
    """Yield the issues of every dataset's lists."""
    for dataset, images in splits.read(folder).to_pandas().groupby("dataset", sort=False):
        yield from of_dataset(str(dataset), images)


def of_dataset(dataset: str, images: pd.DataFrame) -> Iterator[Issue]:
    """Yield the issues of one dataset's `images` (columns of `splits.LISTS`)."""
    stems = [stem for names in splits.FILES[dataset].values() for stem in names]
    path = ", ".join(f"data/{stem}.csv" for stem in stems)
    yield from _missing_lists(path, images)
    yield from _other_total(path, len(images), STATED[dataset])
    yield from _ambiguous(path, images)
    yield from _twice(path, images)


def _missing_lists(path: str, images: pd.DataFrame) -> Iterator[Issue]:
    found = images["split"].unique()
    if lacking := [split for split in NEEDED if split not in found]:
        counts = images["split"].value_counts()
        yield Issue(
            path,
            "splits",
            "warning",
            f"no list of {', '.join(lacking)} images is published",
            "validation images are part of the train list, which searches halve at random",
            ", ".join(f"{counts[split]} {split}" for split in found),
        )


def _other_total(path: str, listed: int, stated: int) -> Iterator[Issue]:
    if listed != stated:
        yield Issue(
            path,
            "splits",
            "warning",
            "the lists hold another number of images than the paper states",
            "the lists count",
            f"{listed} listed, {stated} stated",
        )


def _ambiguous(path: str, images: pd.DataFrame) -> Iterator[Issue]:
    classes = images.groupby("name")["class"].nunique()
    if count := int((classes > 1).sum()):
        yield Issue(
            path,
            "splits",
            "note",
            "file names occur in more than one class",
            "an image is told by class and name together",
            f"{count} names",
        )


def _twice(path: str, images: pd.DataFrame) -> Iterator[Issue]:
    if count := int(images.duplicated(["class", "name"]).sum()):
        yield Issue(
            path,
            "splits",
            "error",
            "images are listed twice",
            "kept; remove them from one list before using the lists",
            f"{count} images",
        )
