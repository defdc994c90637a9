"""Issues of the tables of accuracies: faults of the columns, and inexact numbers.

An accuracy on n test images is k/n for a whole number k. A number that no k gives is an issue.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import ceil, floor
from pathlib import Path
from typing import Literal

import numpy as np

from naseval.published import benchmark, splits, studies
from naseval.published.issues.issue import Issue
from naseval.published.raw_arrays import Accuracies, read_columns, read_headers, read_text_columns

STUDY_OF_FILE = {
    **dict.fromkeys(benchmark.FILES.values(), "benchmark"),
    studies.PROTOCOLS_FILE: "protocols",
}
CIFAR_TEST_IMAGES = 10_000  # paper, appendix A.2
FLOAT32 = 1e-5  # per cent: the spacing of 32-bit numbers near 100 is 7.6e-6

Fit = Literal["rounded", "cut off", "float32", "impossible"]


def find(folder: str | Path) -> Iterator[Issue]:
    """Yield the issues of every table of accuracies."""
    for path, study in STUDY_OF_FILE.items():
        headers = read_headers(folder, path)
        table = read_columns(folder, path)
        yield from blanks(path, study, headers)
        yield from empty(path, study, table)
        yield from repeated(path, study, table)
    headers_of = {path: read_headers(folder, path) for path in benchmark.FILES.values()}
    yield from other_names(headers_of)
    yield from other_order(headers_of)
    images = test_images(folder)
    for dataset, path in benchmark.FILES.items():
        yield from inexact(path, read_text_columns(folder, path), images[dataset])


def blanks(path: str, study: str, headers: Sequence[str]) -> Iterator[Issue]:
    """Yield an issue if headers have blanks around them."""
    padded = [header for header in headers if header != header.strip()]
    if padded:
        yield Issue(
            path,
            study,
            "note",
            "blanks stand around column headers",
            "headers are stripped",
            ", ".join(repr(header) for header in padded),
        )


def empty(path: str, study: str, table: Mapping[str, Accuracies]) -> Iterator[Issue]:
    """Yield an issue for every column with blank entries."""
    for header, column in table.items():
        if count := int(np.isnan(column).sum()):
            yield Issue(
                path,
                study,
                "error",
                f"the column {header} has blanks for numbers",
                "blanks give no rows; a known summary stands in, if the notebook has one",
                f"{count} of {len(column)} entries are blank",
            )


def repeated(path: str, study: str, table: Mapping[str, Accuracies]) -> Iterator[Issue]:
    """Yield an issue for every pair of columns with equal numbers."""
    for first, second in combinations(table, 2):
        if np.array_equal(table[first], table[second]):
            yield Issue(
                path,
                study,
                "warning",
                f"the columns {first} and {second} hold the same numbers",
                "both are kept; the two baselines aren't independent",
                f"{len(table[first])} of {len(table[second])} entries are equal",
            )


def other_names(headers: Mapping[str, Sequence[str]]) -> Iterator[Issue]:
    """Yield an issue for every header that uses another name of a method."""
    for path, names in headers.items():
        for name in names:
            method, _ = benchmark.column_meaning(name)
            if name.strip().lower().removeprefix("random ") != method:
                yield Issue(
                    path,
                    "benchmark",
                    "warning",
                    f"the header {name} stands where the other tables say {method.upper()}",
                    f"read as {method}; it may be another variant of the method",
                    f"{name} in {path.rsplit('/', 1)[-1]} only",
                )


def other_order(headers: Mapping[str, Sequence[str]]) -> Iterator[Issue]:
    """Yield an issue for every table whose methods are in another order than in most tables."""
    orders = {path: _methods(names) for path, names in headers.items()}
    usual = Counter(orders.values()).most_common(1)[0][0]
    for path, order in orders.items():
        moved = [f"{a} for {b}" for a, b in zip(order, usual, strict=True) if a != b]
        if moved:
            yield Issue(
                path,
                "benchmark",
                "error",
                "columns stand in another order than in the other tables, so that whoever reads "
                "by position exchanges methods",
                "read by name; the order is kept, to tell what reading by position gives",
                f"by position: {', '.join(moved)}",
            )


def _methods(headers: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(benchmark.column_meaning(header)[0] for header in headers))


def test_images(folder: str | Path) -> dict[str, int]:
    """Return the number of test images by dataset; for large images, from the authors' lists."""
    lists = splits.read(folder).to_pandas()
    counted = lists[lists["split"] == "test"].groupby("dataset").size()
    return {"cifar10": CIFAR_TEST_IMAGES, "cifar100": CIFAR_TEST_IMAGES} | {
        str(dataset): int(count) for dataset, count in counted.items()
    }


def fit(text: str, images: int) -> Fit:
    """Tell how a printed accuracy (per cent) results from a whole number of correct answers."""
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


def inexact(path: str, table: Mapping[str, Sequence[str]], images: int) -> Iterator[Issue]:
    """Yield at most one issue per column and kind of misfit; `table` holds the numbers as texts."""
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
