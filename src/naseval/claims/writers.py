"""The ledger as files: Parquet, CSV, and a page that needs nothing but a browser."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import pyarrow as pa
from pyarrow import csv

from naseval import records
from naseval.claims.ledger import counts
from naseval.claims.verdict import VERDICTS
from naseval.files import atomic_path, write_atomically

HEADINGS = {
    "id": "Claim",
    "section": "Section",
    "kind": "Kind",
    "wording": "What is claimed",
    "printed": "Printed",
    "unit": "Unit",
    "recomputed": "Recomputed",
    "verdict": "Verdict",
    "reproduced": "Reproduced",
    "reproduced_verdict": "Verdict on reproduced",
    "scale": "Scale of the reproduction",
    "why": "Why",
}
NUMERIC = ("printed", "recomputed", "reproduced")
MARKED = ("verdict", "reproduced_verdict")


def write_parquet(path: str | Path, ledger: pa.Table, provenance: Mapping[str, Any]) -> None:
    """Write the ledger as Parquet, with `provenance` in its metadata."""
    records.write(path, ledger, provenance)


def write_csv(path: str | Path, ledger: pa.Table) -> None:
    """Write the ledger as CSV."""
    with atomic_path(path) as temporary:
        csv.write_csv(ledger, temporary)


def write_html(path: str | Path, ledger: pa.Table) -> None:
    """Write the ledger as one page: a table to sort and filter, without any outside resource."""
    write_atomically(path, page(ledger).encode())


def page(ledger: pa.Table) -> str:
    """Return the page's text. It can be read without scripts; with them it sorts and filters."""
    template = Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    rows = ledger.to_pylist()
    return template.substitute(
        number=len(rows),
        counts="\n".join(_count_row(ledger, verdict) for verdict in VERDICTS),
        verdicts=_options(VERDICTS),
        kinds=_options(sorted({row["kind"] for row in rows})),
        head="\n".join(
            f'<th scope="col" aria-sort="none"><button type="button">{heading}</button></th>'
            for heading in HEADINGS.values()
        ),
        rows="\n".join(_row(row) for row in rows),
    )


def _count_row(ledger: pa.Table, verdict: str) -> str:
    cells = "".join(f"<td>{counts(ledger, column).get(verdict, 0)}</td>" for column in MARKED)
    return f'<tr><th scope="row">{verdict}</th>{cells}</tr>'


def _options(names: tuple[str, ...] | list[str]) -> str:
    return "".join(f"<option>{escape(name)}</option>" for name in names)


def _row(row: Mapping[str, str]) -> str:
    cells = "".join(_cell(name, row) for name in HEADINGS)
    return f'<tr data-kind="{row["kind"]}" data-verdict="{row["verdict"]}">{cells}</tr>'


def _cell(name: str, row: Mapping[str, str]) -> str:
    text = escape(row[name])
    if name == "id":
        return f'<th scope="row" id="{text}"><a href="#{text}">{text}</a></th>'
    if name == "printed" and row["comparator"] in ("<", "<=", ">", ">="):
        text = f"{escape(row['comparator'])} {text}"
    if name in MARKED:
        return f'<td><span class="{text.replace(" ", "-")}">{text}</span></td>'
    return f'<td class="number">{text}</td>' if name in NUMERIC else f"<td>{text}</td>"
