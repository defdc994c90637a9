"""Every table that the authors' files give, with its files and the function that reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from naseval.published import benchmark, genotypes, splits, studies
from naseval.published.issues import accuracy_tables, runs
from naseval.published.issues import genotypes as genotype_issues
from naseval.published.issues import splits as split_issues
from naseval.published.issues.issue import issue_table
from naseval.published.raw_files import DEPTHS, SEEDS, raw_files
from naseval.settings.published import Published


@dataclass(frozen=True)
class PublishedTable:
    """A table that is read from raw files (upstream paths in one folder) and typed constants."""

    files: tuple[str, ...]
    read: Callable[[Path, Published], pa.Table]


def read_issues(folder: str | Path, constants: Published) -> pa.Table:
    """Return every issue of the files below `folder`, as a table (`issues.issue.SCHEMA`)."""
    return issue_table(
        [
            *accuracy_tables.find(folder),
            *runs.find(folder, constants),
            *genotype_issues.find(folder),
            *split_issues.find(folder),
        ]
    )


_LISTS = tuple(
    f"data/{stem}.csv"
    for lists in splits.FILES.values()
    for stems in lists.values()
    for stem in stems
)

STUDIES = {
    "benchmark": PublishedTable(
        tuple(benchmark.FILES.values()), lambda folder, _: benchmark.read_benchmark(folder)
    ),
    "cost": PublishedTable((), lambda _, constants: benchmark.read_cost(constants)),
    "protocols": PublishedTable(
        (studies.PROTOCOLS_FILE,), lambda folder, _: studies.read_protocols(folder)
    ),
    "distribution": PublishedTable(
        (studies.DARTS_FILE,), lambda folder, _: studies.read_distribution(folder)
    ),
    "operations": PublishedTable(
        (studies.DARTS_FILE, studies.MODIFIED_FILE),
        lambda folder, _: studies.read_operations(folder),
    ),
    "cells": PublishedTable(
        (studies.DARTS_FILE, *map(studies.cells_file, studies.NUMBERS_OF_CELLS)),
        lambda folder, _: studies.read_cells(folder),
    ),
    "seeds": PublishedTable((SEEDS,), studies.read_seeds),
    "depth": PublishedTable((DEPTHS,), lambda folder, _: studies.read_depth(folder)),
}
"""The study tables (`schemas.STUDY`), by study."""

OTHER_TABLES = {
    "costs": PublishedTable((), lambda _, constants: benchmark.read_search_costs(constants)),
    "summaries": PublishedTable((), lambda _, constants: benchmark.read_summaries(constants)),
    "genotypes": PublishedTable((genotypes.FILE,), lambda folder, _: genotypes.read(folder)),
    "splits": PublishedTable(_LISTS, lambda folder, _: splits.read(folder)),
    "data_issues": PublishedTable(tuple(raw_files()), read_issues),
}
"""The tables of other schemas: `benchmark.COSTS`, `benchmark.SUMMARY`, `genotypes.EDGES`,
`splits.LISTS` and `issues.issue.SCHEMA`."""

TABLES = {**STUDIES, **OTHER_TABLES}
