"""All flaws of the authors' files as one table, `data_issues`."""

from pathlib import Path

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
