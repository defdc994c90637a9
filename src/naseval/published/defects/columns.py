"""Tables whose columns are empty, repeated, out of order or oddly named."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from naseval.published import benchmark, protocols
from naseval.published.defects.issue import Issue
from naseval.published.raw import Accuracies, read_columns, read_headers

STUDIES = dict.fromkeys(benchmark.FILES.values(), "benchmark") | {protocols.FILE: "protocols"}


def find(folder: str | Path) -> Iterator[Issue]:
    """Yield the issues of every table of accuracies."""
    for path, study in STUDIES.items():
        headers = read_headers(folder, path)
        table = read_columns(folder, path)
        yield from blanks(path, study, headers)
        yield from empty(path, study, table)
        yield from repeated(path, study, table)
    headers_of = {path: read_headers(folder, path) for path in benchmark.FILES.values()}
    yield from other_names(headers_of)
    yield from other_order(headers_of)


def blanks(path: str, study: str, headers: Sequence[str]) -> Iterator[Issue]:
    """Yield an issue where blanks stand around a header."""
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
    """Yield an issue for every column without a number, or with too few."""
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
    """Yield an issue for every two columns with the same numbers in the same order."""
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
    """Yield an issue where a table's header names a method otherwise."""
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
    """Yield an issue for every table whose methods stand in another order than in most."""
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
