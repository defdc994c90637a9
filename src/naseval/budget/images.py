"""Numbers of images in each part of a dataset, known before it is fetched."""

from pathlib import Path

import pyarrow.compute as pc

from naseval.data.facts import Facts, get_facts
from naseval.data.own_images import count_own
from naseval.errors import NasevalError
from naseval.records import read
from naseval.schemas import SPLITS
from naseval.settings.dataset import Dataset, Split

PUBLISHED_TEST = 0.2
"""Test share of the authors' lists (paper, appendix A.2)."""

Parts = dict[str, int]
"""Numbers of images of `train`, `validation` and `test`."""


def count_images(name: str, dataset: Dataset, results: str | Path) -> Parts:
    """Return the number of images of each part, up to rounding.

    The facts of the source or the names of the user's own images are used first, so the result does
    not change when the images are prepared. Otherwise the split file is counted. Raise
    `NasevalError` if neither is there: the facts are unknown, or the user's images are gone, and
    there is no split file.
    """
    split = dataset.split
    splits = Path(results, f"data/{name}/splits.parquet")
    if dataset.path:
        own = count_own(name, dataset)
        return _counted(name, dataset, splits) if own is None else own
    known = _stated(split, get_facts(dataset.source))
    if known is None:
        return _counted(name, dataset, splits)
    total, test = known
    # Shares refer to all images, or to those that the archive or the lists do not use for the test.
    divided = total - test if isinstance(split.test, str) else total
    return {
        "train": round(divided * split.train),
        "validation": round(divided * split.validation),
        "test": test,
    }


def _stated(split: Split, facts: Facts) -> tuple[int, int] | None:
    """Return the numbers of all images and of test images, or None if the latter is unknown."""
    total = facts.images[0]
    match split.test:
        case "archive":
            return (total, facts.test_images) if facts.test_images else None
        case "published":
            return total, round(total * PUBLISHED_TEST)
        case share:
            return total, round(total * float(share))


def _counted(name: str, dataset: Dataset, splits: Path) -> Parts:
    if not splits.exists() and dataset.path:
        raise NasevalError(
            f"config key datasets.{name}.path: {dataset.path} does not exist, and {splits}, which "
            "counts its images, neither; name the place of the images"
        )
    if not splits.exists():
        raise NasevalError(
            f"the number of test images of the dataset {name} is not known yet; run "
            f"`snakemake {splits}` first, or state test_images in the facts of its source"
        )
    column = read(splits, SPLITS)["split"]
    counts = {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}
    return {part: counts.get(part, 0) for part in ("train", "validation", "test")}
