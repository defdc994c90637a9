"""All flaws of the authors' files as one table, `data_issues`."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from naseval.published.defects import (
    columns,
    counts,
    genotypes,
    overlaps,
    precision,
    readings,
    splits,
)
from naseval.published.defects.issue import issue_table
from naseval.settings.published import Published

REPORT_TABLES = {
    "data-issues": {
        "title": "Flaws of the authors' files",
        "paper": (
            "Not in the paper: what is amiss in the files that the authors published, what is "
            "done about it, and the numbers that show it."
        ),
        "order": 11,
        "sources": ["published"],
        "function": "shown",
        "inputs": {"data_issues": "studies/{source}/data_issues.parquet"},
    },
}


def read(folder: str | Path, constants: Published) -> pa.Table:
    """Return every issue found in the files below `folder`: what, how it is handled, evidence."""
    return issue_table(
        [
            *columns.find(folder),
            *precision.find(folder),
            *overlaps.find(folder, constants),
            *counts.find(folder, constants),
            *readings.find(folder),
            *genotypes.find(folder),
            *splits.find(folder),
        ]
    )


def shown(data_issues: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the issues with the gravest first, and a sentence that counts them."""
    order = ["error", "warning", "note"]
    ranked = data_issues.iloc[data_issues["severity"].map(order.index).argsort(kind="stable")]
    counts = data_issues["severity"].value_counts()
    listed = ", ".join(f"{counts.get(name, 0)} × {name}" for name in order)
    return ranked.reset_index(drop=True), (
        f"{len(data_issues)} flaws, each found by computation: {listed}. An error means that data "
        "are missing or wrong, a warning to read them with care, a note changes no number."
    )
