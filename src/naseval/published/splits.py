"""The lists of training and test images of Sport8, MIT67 and Flowers102 (appendix A.2)."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from naseval.errors import NasevalError
from naseval.published.raw_files import find

FILES = {
    "sport8": {"train": ["Sport8_train"], "test": ["Sport8_test"]},
    "mit67": {"train": [f"MIT67_train{part}" for part in (1, 2, 3, 4)], "test": ["MIT67_test"]},
    "flowers102": {
        "train": ["flowers102_train1", "flowers102_train2"],
        "test": ["flowers102_test"],
    },
}

LISTS = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),  # train (with validation), test
        pa.field("class", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
    ]
)
"""One row per image. Searches halve `train` into training and validation images."""

CLASS_HEADERS = ("Unnamed: 0", "")
"""Headers of the column of classes; if a file has both, the empty one numbers the rows."""


def read(folder: str | Path) -> pa.Table:
    """Return the lists of all three datasets (`LISTS`)."""
    rows = [
        {"dataset": dataset, "split": split, "class": label, "name": name}
        for dataset, splits in FILES.items()
        for split, names in splits.items()
        for stem in names
        for label, name in _images(find(folder, f"data/{stem}.csv"))
    ]
    return pa.Table.from_pylist(rows, schema=LISTS)


def _images(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        table = csv.reader(lines)
        header = next(table, [])
        marker = next((name for name in CLASS_HEADERS if name in header), None)
        if marker is None:
            raise NasevalError(f"{path} has no column of classes; delete it and fetch it again")
        first = header.index(marker)
        for row in table:
            yield from ((row[first], name) for name in row[first + 1 :] if name)
