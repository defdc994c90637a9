"""Accuracies against the number of test images: on n images an accuracy is k/n."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor
from pathlib import Path
from typing import Literal

from naseval.published import benchmark, splits
from naseval.published.defects.issue import Issue
from naseval.published.raw import read_text_columns

CIFAR_TEST_IMAGES = 10_000  # paper, appendix A.2
FLOAT32 = 1e-5  # per cent: the spacing of 32-bit numbers near 100 is 7.6e-6

Fit = Literal["rounded", "cut off", "float32", "impossible"]


def test_images(folder: str | Path) -> dict[str, int]:
    """Return the number of test images by dataset; that of the large ones from their lists."""
    lists = splits.read(folder).to_pandas()
    counted = lists[lists["split"] == "test"].groupby("dataset").size()
    return {"cifar10": CIFAR_TEST_IMAGES, "cifar100": CIFAR_TEST_IMAGES} | {
        str(dataset): int(count) for dataset, count in counted.items()
    }


def fit(text: str, images: int) -> Fit:
    """Tell how a printed accuracy (per cent) follows from a whole number of test images."""
    value = float(text)
    unit = 10.0 ** -len(text.partition(".")[2])
    gaps = [100 * k / images - value for k in _neighbours(value, images)]
    slack = 1e-9
    if any(abs(gap) <= unit / 2 + slack for gap in gaps):
        return "rounded"
    if any(abs(gap) < FLOAT32 for gap in gaps):
        return "float32"
    if any(-slack <= gap < unit for gap in gaps):
        return "cut off"
    return "impossible"


def _neighbours(value: float, images: int) -> tuple[int, int]:
    return floor(value * images / 100), ceil(value * images / 100)


def find(folder: str | Path) -> Iterator[Issue]:
    """Yield the issues of all benchmark tables."""
    images = test_images(folder)
    for dataset, path in benchmark.FILES.items():
        yield from of_table(path, read_text_columns(folder, path), images[dataset])


def of_table(path: str, table: Mapping[str, Sequence[str]], images: int) -> Iterator[Issue]:
    """Yield at most one issue per column and kind of misfit; `table` holds the printed texts."""
    for header, column in table.items():
        printed = {row: text for row, text in enumerate(column) if text}
        fits = {row: fit(text, images) for row, text in printed.items()}
        for kind, build in _ISSUES.items():
            found = {row: printed[row] for row, how in fits.items() if how == kind}
            if found:
                yield build(path, header, found, images)


def _impossible(path: str, header: str, found: Mapping[int, str], images: int) -> Issue:
    nearest = [
        f"row {row}: {text}, nearest "
        + " and ".join(f"{100 * k / images:.4f}" for k in _neighbours(float(text), images))
        for row, text in found.items()
    ]
    return Issue(
        path,
        "benchmark",
        "warning",
        f"{header} holds accuracies that no number of right answers on {images} images gives",
        "kept as published",
        "; ".join(nearest),
    )


def _cut_off(path: str, header: str, found: Mapping[int, str], images: int) -> Issue:
    listed = ", ".join(f"row {row}: {text}" for row, text in found.items())
    return Issue(
        path,
        "benchmark",
        "note",
        f"{header} holds accuracies that were cut off, not rounded, after their last digit",
        "kept as published",
        f"{listed}, on {images} images",
    )


def _float32(path: str, header: str, found: Mapping[int, str], images: int) -> Issue:
    gaps = [
        min(abs(100 * k / images - float(text)) for k in _neighbours(float(text), images))
        for text in found.values()
    ]
    return Issue(
        path,
        "benchmark",
        "note",
        f"{header} carries the rounding noise of 32-bit numbers",
        "kept as published; it is far below the last digit that the paper prints",
        f"{len(found)} entries are off by up to {max(gaps):.1e} per cent",
    )


_ISSUES = {"impossible": _impossible, "cut off": _cut_off, "float32": _float32}
