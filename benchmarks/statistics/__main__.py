"""Simulates how often intervals and verdicts go wrong, and judges the published data.

    python -m benchmarks.statistics [--quick] [--document FILE] [--only TABLE ...]

Writes the tables into FILE, docs/statistics.md unless said otherwise. Run it in the project's
folder. The environment variable NASEVAL_PUBLISHED names the folder with the authors' raw files.
NASEVAL_RECORDED names one with nas-bench-macro_cifar10.json (github.com/xiusu/NAS-Bench-Macro,
folder data), without which what needs NAS-Bench-Macro is left out. With --quick there are few
samples, which only shows that all works; then the tables are printed unless FILE is given.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from benchmarks.bench.document import write_tables
from benchmarks.statistics.coverage import coverage_table
from benchmarks.statistics.others import others_table
from benchmarks.statistics.populations import populations
from benchmarks.statistics.published import datasets_table, inflation_table, published_table
from benchmarks.statistics.reliability import reliability_table
from benchmarks.statistics.shared import shared_table
from benchmarks.statistics.stopping import stopping_tables

from naseval.status.configured import configured

DOCUMENT = Path("docs/statistics.md")


def tables(published: Path, recorded: Path | None, quick: bool) -> dict[str, Callable[[], str]]:
    """Return what makes each table."""
    config, trials = configured([]), 250 if quick else 4000
    on_truth = {"reliability": lambda: reliability_table(recorded, config, trials)}
    return {
        "coverage": lambda: coverage_table(populations(published, recorded), trials),
        "others": lambda: others_table(populations(published, recorded), trials),
        "shared": lambda: shared_table(trials),
        "published": lambda: published_table(published, config),
        "datasets": lambda: datasets_table(published, trials),
        "stopping": lambda: stopping_tables(trials),
        "inflation": lambda: inflation_table(published, config),
        **(on_truth if recorded else {}),
    }


def main() -> None:
    """Write or print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--document", type=Path)
    parser.add_argument("--only", action="append")
    chosen = parser.parse_args()
    if "NASEVAL_PUBLISHED" not in os.environ:
        parser.error("NASEVAL_PUBLISHED does not name the folder with the authors' raw files")
    recorded = os.environ.get("NASEVAL_RECORDED")
    published = Path(os.environ["NASEVAL_PUBLISHED"])
    made = tables(published, Path(recorded) if recorded else None, chosen.quick)
    document = chosen.document or (None if chosen.quick else DOCUMENT)
    write_tables(made, chosen.only or made, document)


if __name__ == "__main__":
    main()
