"""The report: one self-contained HTML page with everything that exists in a results folder."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from naseval import records
from naseval.claims import writers
from naseval.claims.ledger import SCHEMA, combined
from naseval.claims.verdict import VERDICTS
from naseval.published.raw_files import raw_files

Captions = Mapping[str, tuple[str, str]]
"""The title, and what the paper says, by the name of a figure or table."""

HEADINGS = {
    "published": "From the authors' published statistics",
    "reproduced": "Reproduced by this project",
}


@dataclass(frozen=True)
class Entry:
    """A figure or table of a source on the page."""

    anchor: str
    title: str
    paper: str
    """What the paper says about it."""
    content: Markup
    """A figure as a data URL, or a table as HTML with its note."""
    note: str
    file: str
    """The path of its file, relative to the results folder."""


@dataclass(frozen=True)
class Section:
    """The figures and tables of a source."""

    source: str
    heading: str
    figures: list[Entry]
    tables: list[Entry]


def page(
    results: Path,
    figures: Mapping[str, Captions],
    tables: Mapping[str, Captions],
    scaled_down: str | None,
) -> str:
    """Return the page as HTML.

    `figures` and `tables` hold, by source, the captions of those that the page may contain; it
    contains the ones whose files exist below `results`. `scaled_down` is the setting of the same
    name. Images and styles are embedded, so the page works without a network.
    """
    sections = [
        Section(
            source,
            heading,
            list(_figures(results, source, figures[source])),
            list(_tables(results, source, tables[source])),
        )
        for source, heading in HEADINGS.items()
    ]
    claims = _ledger(results)
    environment = Environment(loader=PackageLoader("naseval"), autoescape=True)
    return environment.get_template("report.html").render(
        sections=[section for section in sections if section.figures or section.tables],
        claims=Markup(writers.section(claims)) if claims else None,
        shares=_shares(claims) if claims else [],
        cards=list(_cards(results)),
        scaled_down=scaled_down,
        studies=list(_studies(results)),
        circumstances=_circumstances(results),
        raw=list(raw_files().values()),
    )


def _figures(results: Path, source: str, captions: Captions) -> Iterator[Entry]:
    for name, (title, paper) in captions.items():
        file = results / f"figures/{source}/{name}.svg"
        if file.exists():
            image = base64.b64encode(file.read_bytes()).decode()
            address = Markup(f"data:image/svg+xml;base64,{image}")
            note = file.with_suffix(".txt").read_text()
            where = str(file.relative_to(results))
            yield Entry(f"figure-{source}-{name}", title, paper, address, note, where)


def _tables(results: Path, source: str, captions: Captions) -> Iterator[Entry]:
    for name, (title, paper) in captions.items():
        file = results / f"tables/{source}/{name}.html"
        if file.exists():
            table = Markup(file.read_text())
            where = str(file.relative_to(results))
            yield Entry(f"table-{source}-{name}", title, paper, table, "", where)


def _ledger(results: Path) -> pa.Table | None:
    """Return the ledgers of both sources combined, the only one that exists, or None."""
    found = [
        records.read(file, SCHEMA)
        for source in HEADINGS
        if (file := results / f"claims/{source}.parquet").exists()
    ]
    return combined(*found) if len(found) == 2 else next(iter(found), None)


def _shares(claims: pa.Table) -> list[dict[str, Any]]:
    """Return the number of claims by verdict, for the bars of the overview."""
    return [
        {"name": name, "total": total, "parts": [(v, counts[v]) for v in VERDICTS if v in counts]}
        for name, counts in writers.verdict_counts(claims).items()
        if name != writers.OTHERS
        and (total := sum(counts.values()))
        and set(counts) != {"not yet run"}
    ]


def _cards(results: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the heading of every score card."""
    for file in sorted(results.glob("cards/*.md")):
        heading = file.read_text().partition("\n")[0]
        yield str(file.relative_to(results)), heading.removeprefix("# ")


def _studies(results: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(results.glob("studies/*/*.parquet")):
        made = records.provenance_of(file)
        yield {
            "file": str(file.relative_to(results)),
            "rows": pq.read_metadata(file).num_rows,
            "code": str(made.get("code", ""))[:12],
            "written": made.get("end", ""),
        }


def _circumstances(results: Path) -> dict[str, Any]:
    files = sorted(results.glob("claims/*.parquet"))
    return records.provenance_of(files[0]) if files else {}
