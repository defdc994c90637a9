"""The report: one self-contained HTML page with everything that exists in a results folder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from naseval import records
from naseval.analysis.tables import unescaped
from naseval.analysis.wording import count
from naseval.claims import writers
from naseval.claims.ledger import SCHEMA, combined
from naseval.claims.verdict import VERDICTS
from naseval.figures.style import FILES
from naseval.figures.svg import inline
from naseval.provenance import versions
from naseval.published.raw_files import raw_files
from naseval.report.outcome import outcomes

Captions = Mapping[str, tuple[str, str]]
"""The title, and what the paper says, by the name of a figure or table."""

HEADINGS = {
    "published": "From the authors' published statistics",
    "reproduced": "Reproduced by this project",
    "recorded": "From recorded trainings of others",
}
TABLE_FILES = {"CSV": ".csv", "Parquet": ".parquet", "Markdown": ".md"}
"""The endings of the files of a table, by what the page calls them."""

SHARES = {
    "Numbers, recomputed": {"kind": "data", "judged": "recomputed"},
    "Numbers, reproduced": {"kind": "data", "judged": "reproduced"},
    "Settings, as configured": {"kind": "setting", "judged": "reproduced"},
}
"""The filters of the claims that a bar of the overview counts."""


@dataclass(frozen=True)
class Entry:
    """A figure or table of a source on the page."""

    anchor: str
    title: str
    paper: str
    """What the paper says about it."""
    content: Markup
    """A figure as SVG, or a table as HTML with its note."""
    note: str
    size: str
    """The number of rows of a table, in words."""
    files: dict[str, str]
    """The addresses of its files, relative to the page, by what they are called."""


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
    name. Figures, styles and scripts are embedded, so the page works without a network; its links
    lead to files beside it.
    """
    sections = [
        Section(
            source,
            heading,
            list(_figures(results, source, figures[source])),
            list(_tables(results, source, tables[source])),
        )
        for source, heading in HEADINGS.items()
        if source in figures
    ]
    claims = _ledger(results)
    environment = Environment(loader=PackageLoader("naseval"), autoescape=True)
    return environment.get_template("report.html").render(
        outcomes=outcomes(results),
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
            anchor = f"figure-{source}-{name}"
            drawing = Markup(inline(file.read_text(encoding="utf-8"), title, anchor))
            note = file.with_suffix(".txt").read_text(encoding="utf-8")
            files = _files(results, file, FILES)
            yield Entry(anchor, title, paper, drawing, note, "", files)


def _tables(results: Path, source: str, captions: Captions) -> Iterator[Entry]:
    for name, (title, paper) in captions.items():
        file = results / f"tables/{source}/{name}.html"
        if file.exists():
            table = file.read_text(encoding="utf-8")
            rows = count(table.count("<tr>") - 1, "row")  # but for the heading's
            files = _files(results, file, TABLE_FILES)
            anchor = f"table-{source}-{name}"
            yield Entry(anchor, title, paper, Markup(table), "", rows, files)


def _files(results: Path, file: Path, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of the files beside `file` that exist, by what they are called."""
    found = {name: file.with_suffix(suffix) for name, suffix in kinds.items()}
    return {name: _address(results, one) for name, one in found.items() if one.exists()}


def _address(results: Path, file: Path) -> str:
    return quote(file.relative_to(results).as_posix())


def _ledger(results: Path) -> pa.Table | None:
    """Return the ledgers of both sources combined, the only one that exists, or None."""
    found = [
        records.read(file, SCHEMA)
        for source in HEADINGS
        if (file := results / f"claims/{source}.parquet").exists()
    ]
    return combined(*found) if len(found) == 2 else next(iter(found), None)


def _shares(claims: pa.Table) -> list[dict[str, Any]]:
    """Return the number of claims by verdict, for the bars of the overview.

    Each part has the address of the page at which the table of claims shows those claims alone.
    """
    return [
        {
            "name": name,
            "total": total,
            "parts": [
                (verdict, counts[verdict], _filtered({"verdict": verdict, **SHARES[name]}))
                for verdict in VERDICTS
                if verdict in counts
            ],
        }
        for name, counts in writers.verdict_counts(claims).items()
        if name != writers.OTHERS
        and (total := sum(counts.values()))
        and set(counts) != {"not yet run"}
    ]


def _filtered(filters: Mapping[str, str]) -> str:
    """Return the address of the claims under filters, as `claims.js` reads it."""
    return f"#claims?{urlencode(filters)}"


def _cards(results: Path) -> Iterator[tuple[str, str]]:
    """Yield the address and the heading of every score card."""
    for file in sorted(results.glob("cards/*.md")):
        heading = file.read_text(encoding="utf-8").partition("\n")[0]
        card = file.with_suffix(".html")
        yield _address(results, card if card.exists() else file), unescaped(heading[2:])


def _studies(results: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(results.glob("studies/*/*.parquet")):
        made = records.provenance_of(file)
        yield {
            "file": _address(results, file),
            "rows": pq.read_metadata(file).num_rows,
            "code": str(made.get("code", ""))[:12],
            "runs": versions(made.get("runs_by_code", {})),
            "written": made.get("end", ""),
        }


def _circumstances(results: Path) -> dict[str, Any]:
    files = sorted(results.glob("claims/*.parquet"))
    return records.provenance_of(files[0]) if files else {}
