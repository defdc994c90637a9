"""Claims on datasets that come as lists of images (appendix A.2)."""

from functools import partial

from naseval.claims.rule import Rule, Rules
from naseval.claims.tables import Readings, Tables, some

DATASETS = ("sport8", "mit67", "flowers102")


def classes(tables: Tables, dataset: str) -> Readings:
    """Count classes."""
    return {"listed": int(some(tables["splits"], dataset=dataset)["class"].nunique())}


def images(tables: Tables, dataset: str) -> Readings:
    """Count images."""
    return {"listed": len(some(tables["splits"], dataset=dataset))}


def shares(tables: Tables, dataset: str) -> Readings:
    """Per cent of training, validation and test images.

    Where no validation images are listed, the training ones are halved, as searches do.
    """
    counts = some(tables["splits"], dataset=dataset)["split"].value_counts()
    train, validation = int(counts["train"]), int(counts.get("validation", 0))
    if not validation:
        train, validation = train // 2, train - train // 2
    parts = (train, validation, int(counts["test"]))
    return {"of all images": [100 * part / int(counts.sum()) for part in parts]}


RULES: Rules = {
    f"a2.{dataset}.{name}": Rule(("splits",), partial(compute, dataset=dataset))
    for dataset in DATASETS
    for name, compute in (("classes", classes), ("images", images), ("split", shares))
}
