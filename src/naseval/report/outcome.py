"""What came out, in one sentence a source: the benchmark's methods against random architectures."""

from pathlib import Path

import pandas as pd

from naseval import records
from naseval.analysis.conclusions import summary
from naseval.analysis.wording import count

SOURCES = {
    "published": "The authors' runs",
    "reproduced": "These runs",
    "recorded": "Recorded trainings",
}


def outcomes(results: Path) -> dict[str, str]:
    """Return a sentence or two for each source whose table of verdicts is in a results folder."""
    files = {source: results / f"tables/{source}/verdicts.parquet" for source in SOURCES}
    return {
        source: outcome(SOURCES[source], records.read(file).to_pandas())
        for source, file in files.items()
        if file.exists()
    }


def outcome(who: str, table: pd.DataFrame) -> str:
    """Return the means and the verdicts of a table of `verdicts.against_average`, in sentences.

    Only rows that decide count. Accuracies are means over the rows, each of which has the same
    weight.
    """
    rows = table[table["decides"]].dropna(subset=["difference"])
    if rows.empty:
        return f"{who} compare no searched architectures with random ones yet."
    means = [rows[f"{side}_mean"].mean() for side in ("searched", "random")]
    return (
        f"{who}: searched architectures reach {means[0]:.1f} % and random ones of the same spaces "
        f"{means[1]:.1f} % ({count(rows['method'].nunique(), 'method')}, "
        f"{count(rows['dataset'].nunique(), 'dataset')}). {summary(table)}"
    )
