"""Measures the fast forms of steps against the plain ones, on one thread of the CPU.

    python -m benchmarks.bench [--quick] [--document FILE] [--only TABLE ...]

Writes the tables `exactness`, `counts`, `speed` and `growth`, or only those named, into FILE,
docs/performance.md unless said otherwise. With --quick, a few tiny steps are measured once, which
only shows that all works; then the tables are printed unless FILE is given.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from benchmarks.bench import growth
from benchmarks.bench.cases import CASES, FEW, ROOT, RUN, SUPERNETS, TINY, Size
from benchmarks.bench.counts import counts_table
from benchmarks.bench.document import write_tables
from benchmarks.bench.exactness import exactness_table
from benchmarks.bench.growth import growth_table
from benchmarks.bench.speed import speed_table

from naseval.training.device import deterministic

FULL: dict[str, Callable[[], str]] = {
    "exactness": partial(exactness_table, (*SUPERNETS, RUN), Size(4, 5, 6, 16, torch.float64)),
    "counts": partial(counts_table, CASES, Size(batch=2)),
    "speed": partial(speed_table, CASES, Size(), rounds=5, matrix=2048),
    "growth": partial(growth_table, growth.BASE, growth.VARIED, rounds=3),
}
QUICK: dict[str, Callable[[], str]] = {
    "exactness": partial(exactness_table, FEW[1:], replace(TINY, dtype=torch.float64)),
    "counts": partial(counts_table, FEW, TINY),
    "speed": partial(speed_table, FEW, TINY, rounds=1, matrix=128),
    "growth": partial(growth_table, growth.TINY, growth.TINY_VARIED, rounds=1),
}


def main() -> None:
    """Write or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--document", type=Path)
    parser.add_argument("--only", action="append", choices=FULL)
    chosen = parser.parse_args()
    document = chosen.document or (None if chosen.quick else ROOT / "docs/performance.md")
    torch.set_num_threads(1)
    deterministic(torch.device("cpu"))
    tables = QUICK if chosen.quick else FULL
    write_tables(tables, chosen.only or tables, document)


if __name__ == "__main__":
    main()
