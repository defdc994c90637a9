"""A results folder with a little of everything, and the page that shows it."""

from pathlib import Path

import pyarrow as pa
from matplotlib.figure import Figure

from naseval import records, schemas
from naseval.analysis.tables import html
from naseval.claims import writers
from naseval.claims.ledger import Sources, ledger
from naseval.config import Config
from naseval.figures.style import save
from naseval.report.page import page

FIGURES = {"benchmark": ("Figure 1: <first>", "The paper draws it."), "absent": ("No", "No.")}
TABLES = {"benchmark": ("Table 1: first", "The paper prints it.")}
PROVENANCE = {"commit": "abc123", "dirty": False, "versions": {"numpy": "2"}, "code": "0" * 64}


def results(folder: Path, config: Config, sources: tuple[str, ...]) -> Path:
    """Fill a results folder for some sources."""
    for source in sources:
        figure = Figure()
        figure.add_subplot().plot([0, 1], [0, 1])
        frame = records.table(schemas.STUDY, []).to_pandas()
        stem = folder / f"figures/{source}/benchmark"
        save(figure, frame, stem)
        stem.with_suffix(".txt").write_text(f"What {source} runs give.\n")
        table = folder / f"tables/{source}/benchmark.html"
        table.parent.mkdir(parents=True)
        table.write_text(html(frame, "Table 1: first", f"a note on {source}"))
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
