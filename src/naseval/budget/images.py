"""How many images each part of a dataset has, known before it is fetched."""

from pathlib import Path

import pyarrow.compute as pc

from naseval.data.archives import archives
from naseval.errors import NasevalError
from naseval.records import read
from naseval.schemas import SPLITS
from naseval.settings.dataset import Dataset

OWN_TEST = {"cifar10": 10_000, "cifar100": 10_000, "fashion-mnist": 10_000}
"""Test images of the archives that have such."""
WITHOUT_ARCHIVE = {"digits": 1797}
"""Images of the sources that come with a library."""
PUBLISHED_TEST = 0.2
"""Share of the authors' lists that is for the test (paper, appendix A.2)."""

Parts = dict[str, int]
"""Images of `train`, `validation`, `test`."""


def parts(name: str, dataset: Dataset, results: str | Path) -> Parts:
    """Return the images of each part, to rounding: by what is known of the source, else counted.

    What is known goes first, so that preparing the images changes nothing. Raises
    `NasevalError` where nothing is known and there are no splits yet.
    """
    split, total = dataset.split, _total(dataset.source)
    test = _test(dataset, total or 0)
    if total is None or test is None:
        return _counted(name, Path(results, f"data/{name}/splits.parquet"))
    # Shares are of all images, or of those that the archive's or the lists' test leaves.
    divided = total - test if isinstance(split.test, str) else total
    return {
        "train": round(divided * split.train),
        "validation": round(divided * split.validation),
        "test": test,
    }


def _total(source: str) -> int | None:
    known = archives()
    return known[source].images[0] if source in known else WITHOUT_ARCHIVE.get(source)


def _test(dataset: Dataset, total: int) -> int | None:
    match dataset.split.test:
        case "archive":
            return OWN_TEST.get(dataset.source)
        case "published":
            return round(total * PUBLISHED_TEST)
        case share:
            return round(total * float(share))


def _counted(name: str, splits: Path) -> Parts:
    if not splits.exists():
        raise NasevalError(
            f"the number of images of the dataset {name} is not known yet; "
            f"run `snakemake {splits}` first"
        )
    column = read(splits, SPLITS)["split"]
    counts = {row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()}
    return {part: counts.get(part, 0) for part in ("train", "validation", "test")}
