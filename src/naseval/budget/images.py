"""Numbers of images in each part of a dataset, known before it is fetched."""

from pathlib import Path

import pyarrow.compute as pc

from naseval.data.facts import Facts, get_facts
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

    The facts of the source are used first, so the result does not change when the images are
    prepared. Otherwise the split file is counted. Raise `NasevalError` if the facts are unknown and
    there is no split file yet.
    """
    split, facts = dataset.split, get_facts(dataset.source)
    total = facts.images[0]
    test = _test_images(split, facts)
    if test is None:
        return _counted(name, Path(results, f"data/{name}/splits.parquet"))
    # Shares refer to all images, or to those that the archive or the lists do not use for the test.
    divided = total - test if isinstance(split.test, str) else total
    return {
        "train": round(divided * split.train),
        "validation": round(divided * split.validation),
        "test": test,
    }


def _test_images(split: Split, facts: Facts) -> int | None:
    match split.test:
        case "archive":
            return facts.test_images
        case "published":
            return round(facts.images[0] * PUBLISHED_TEST)
        case share:
            return round(facts.images[0] * float(share))


def _counted(name: str, splits: Path) -> Parts:
    if not splits.exists():
        raise NasevalError(
            f"the number of test images of the dataset {name} is not known yet; run "
            f"`snakemake {splits}` first, or state test_images in the facts of its source"
        )
    column = read(splits, SPLITS)["split"]
    counts = {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}
    return {part: counts.get(part, 0) for part in ("train", "validation", "test")}
