"""Every table that the authors' files give: which files it needs, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from naseval.published import (
    benchmark,
    cells,
    cost,
    depth,
    distribution,
    genotypes,
    issues,
    operations,
    protocols,
    seeds,
    splits,
)
from naseval.published.archive import raw_files
from naseval.published.raw import DEPTHS, SEEDS
from naseval.settings.published import Published


@dataclass(frozen=True)
class PublishedTable:
    """A table read from raw files (upstream paths below one folder) and the typed constants."""

    files: tuple[str, ...]
    read: Callable[[Path, Published], pa.Table]


_LISTS = tuple(
    f"data/{stem}.csv"
    for lists in splits.FILES.values()
    for stems in lists.values()
    for stem in stems
)

STUDIES = {
    "benchmark": PublishedTable(
        tuple(benchmark.FILES.values()), lambda folder, _: benchmark.read(folder)
    ),
    "cost": PublishedTable((), lambda _, constants: cost.read(constants)),
    "protocols": PublishedTable((protocols.FILE,), lambda folder, _: protocols.read(folder)),
    "distribution": PublishedTable(
        (distribution.FILE,), lambda folder, _: distribution.read(folder)
    ),
    "operations": PublishedTable(
        (distribution.FILE, operations.FILE), lambda folder, _: operations.read(folder)
    ),
    "cells": PublishedTable(
        (distribution.FILE, *map(cells.file, cells.COUNTS)), lambda folder, _: cells.read(folder)
    ),
    "seeds": PublishedTable((SEEDS,), seeds.read),
    "depth": PublishedTable((DEPTHS,), lambda folder, _: depth.read(folder)),
}
"""Study tables (`schemas.STUDY`) by study."""

OTHERS = {
    "costs": PublishedTable((), lambda _, constants: cost.costs(constants)),
    "summaries": PublishedTable((), lambda _, constants: benchmark.summaries(constants)),
    "genotypes": PublishedTable((genotypes.FILE,), lambda folder, _: genotypes.read(folder)),
    "splits": PublishedTable(_LISTS, lambda folder, _: splits.read(folder)),
    "data_issues": PublishedTable(tuple(raw_files()), issues.read),
}
"""Tables of other schemas: `cost.COSTS`, `benchmark.SUMMARY`, `genotypes.EDGES`,
`splits.LISTS` and `defects.issue.SCHEMA`."""

TABLES = {**STUDIES, **OTHERS}
