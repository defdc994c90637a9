"""Claims of appendix A.2: the datasets and their splits."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from naseval.claims.absent import lacking
from naseval.claims.rules._rule import Rule, Rules
from naseval.claims.tables import Readings, Tables, some
from naseval.published.splits import FILES

NUMBERS_OF_IMAGES = (10, 100, 1_000, 10_000, 100_000)
"""The candidates for the number of test images that an accuracy is based on."""


def count_classes(tables: Tables, dataset: str) -> Readings:
    """Count the listed classes of a dataset."""
    return {"listed": int(some(tables["splits"], dataset=dataset)["class"].nunique())}


def count_images(tables: Tables, dataset: str) -> Readings:
    """Count the listed images of a dataset."""
    return {"listed": len(some(tables["splits"], dataset=dataset))}


def split_shares(tables: Tables, dataset: str) -> Readings:
    """Return the per cent of training, validation and test images.

    If no validation images are listed, the training images are halved, as in the searches.
    """
    counts = some(tables["splits"], dataset=dataset)["split"].value_counts()
    train, validation = int(counts["train"]), int(counts.get("validation", 0))
    if not validation:
        train, validation = train // 2, train - train // 2
    parts = (train, validation, int(counts["test"]))
    return {"of all images": [100 * part / int(counts.sum()) for part in parts]}


def test_images(tables: Tables, dataset: str) -> Readings:
    """Return the smallest power of ten of test images that explains all accuracies."""
    accuracies = some(tables.runs("benchmark"), dataset=dataset)["best"].to_numpy()
    possible = [images for images in NUMBERS_OF_IMAGES if _are_shares(accuracies, images)]
    if not possible:
        lacking(f"accuracies on {dataset} are no multiples of a power of ten")
    return {"granularity": possible[0]}


def _are_shares(accuracies: NDArray[np.float64], images: int) -> bool:
    """Tell whether accuracies (per cent) are whole numbers of correct answers on `images`."""
    right = accuracies * images / 100
    return bool(np.abs(right - right.round()).max() < 1e-7 * images)  # 32-bit noise: 1e-5 per cent


RULES: Rules = {
    "a2.cifar10.test": Rule(("benchmark",), partial(test_images, dataset="cifar10")),
    "a2.cifar100.test": Rule(("benchmark",), partial(test_images, dataset="cifar100")),
    **{
        f"a2.{dataset}.{name}": Rule(("splits",), partial(function, dataset=dataset))
        for dataset in FILES
        for name, function in (
            ("classes", count_classes),
            ("images", count_images),
            ("split", split_shares),
        )
    },
}
