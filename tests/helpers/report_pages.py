"""A results folder with a little of everything, and the page that shows it."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from naseval import records, schemas
from naseval.analysis.tables import write_table
from naseval.claims import writers
from naseval.claims.ledger import Sources, ledger
from naseval.config import Config
from naseval.figures.style import save
from naseval.figures.svg import say_on_hover
from naseval.report.page import page

FIGURES = {"benchmark": ("Figure 1: <first>", "The paper draws it."), "absent": ("No", "No.")}
TABLES = {
    "benchmark": ("Table 1: first", "The paper prints it."),
    "short": ("Table 2: short", "The paper prints it, too."),
}
PROVENANCE = {"commit": "abc123" * 7, "dirty": False, "versions": {"numpy": "2"}, "code": "0" * 64}
ROWS = 60
"""The rows of the long table, too many for a screen."""


def results(folder: Path, config: Config, sources: tuple[str, ...]) -> Path:
    """Fill a results folder for some sources."""
    for source in sources:
        figure = Figure()
        (line,) = figure.add_subplot().plot([0, 1], [0, 1])
        say_on_hover(line, f"the line <of {source} runs>")
        frame = records.table(schemas.STUDY, []).to_pandas()
        stem = folder / f"figures/{source}/benchmark"
        save(figure, frame, stem)
        stem.with_suffix(".txt").write_text(f"What {source} runs give.\n")
        for name, rows in (("benchmark", ROWS), ("short", 2)):
            values = pd.DataFrame({f"column_{place}": [-1.5] * rows for place in range(20)})
            if name == "short":
                values = values.iloc[:, :2]
            note = f"a note on {source}"
            write_table(values, folder / f"tables/{source}/{name}", TABLES[name][0], note, {})
        claims = ledger(Sources(config=config))
        writers.write_parquet(folder / f"claims/{source}.parquet", claims, PROVENANCE)
        study = pa.table({"a": [1, 2]})
        records.write(folder / f"studies/{source}/benchmark.parquet", study, PROVENANCE)
    return folder


def text(folder: Path, scaled_down: str | None = None) -> str:
    """Return the page of a results folder."""
    return page(
        folder,
        dict.fromkeys(("published", "reproduced"), FIGURES),
        dict.fromkeys(("published", "reproduced"), TABLES),
        scaled_down,
    )
