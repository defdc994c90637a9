"""Writes the ledger as Parquet, as CSV, and as a self-contained HTML page."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from jinja2 import Environment, PackageLoader
from pyarrow import csv

from naseval import records
from naseval.analysis.wording import with_minus
from naseval.claims.ledger import counts
from naseval.claims.rounding import as_printed
from naseval.claims.verdict import VERDICTS
from naseval.files import atomic_path, write_atomically
from naseval.published.paper import METHODS

HEADINGS = (
    "Claim",
    "Section",
    "Kind",
    "What is claimed, and why the verdict",
    "Printed",
    "Recomputed",
    "Verdict",
    "Reproduced or configured",
    "Verdict",
)
OTHERS = "Anything else"
TEMPLATES = Environment(
    loader=PackageLoader("naseval"), autoescape=True, keep_trailing_newline=True
)


def write_parquet(path: str | Path, ledger: pa.Table, provenance: Mapping[str, Any]) -> None:
    """Write the ledger as Parquet, with `provenance` in its metadata."""
    records.write(path, ledger, provenance)


def write_csv(path: str | Path, ledger: pa.Table) -> None:
    """Write the ledger as CSV."""
    with atomic_path(path) as temporary:
        csv.write_csv(ledger, temporary)


def write_html(path: str | Path, ledger: pa.Table) -> None:
    """Write the ledger as a self-contained HTML page with a table to sort and filter."""
    write_atomically(path, page(ledger).encode())


def page(ledger: pa.Table) -> str:
    """Return the page as HTML. It is readable without JavaScript, which sorts and filters."""
    return TEMPLATES.get_template("claims.html").render(_shown(ledger))


def section(ledger: pa.Table) -> str:
    """Return the ledger as HTML for other pages, which need `base.css` and `claims.css`."""
    return TEMPLATES.get_template("claims_section.html").render(_shown(ledger))


def verdict_counts(ledger: pa.Table) -> dict[str, dict[str, int]]:
    """Return the verdict counts by kind: data of either source, settings, anything else."""
    data, settings, other = (
        ledger.filter(pc.equal(ledger["kind"], kind)) for kind in ("data", "setting", "neither")
    )
    return {
        "Numbers, recomputed": counts(data),
        "Numbers, reproduced": counts(data, "reproduced_verdict"),
        "Settings, as configured": counts(settings, "reproduced_verdict"),
        OTHERS: counts(other, "reproduced_verdict"),
    }


def _shown(ledger: pa.Table) -> dict[str, Any]:
    rows = ledger.to_pylist()
    return {
        "rows": [row | _rounded(row) for row in rows],
        "groups": verdict_counts(ledger),
        "verdicts": VERDICTS,
        "kinds": sorted({row["kind"] for row in rows}),
        "headings": HEADINGS,
    }


def _rounded(row: dict[str, str]) -> dict[str, str]:
    """Return the texts of a claim as people read them, and every digit of those that have more."""
    like = (row["printed"], row["tolerance"], row["comparator"])
    texts = ("printed", "recomputed", "reproduced", "why")
    shown = {name: as_printed(row[name], *like) for name in texts}
    if row["comparator"] in ("order", "set"):  # of methods, by their keys
        shown = {name: _labelled(text) for name, text in shown.items()}
    shown["wording"] = with_minus(row["wording"])
    digits = {
        f"{name}_digits": with_minus(row[name])
        for name in ("recomputed", "reproduced")
        if len(row[name]) > len(shown[name])
    }
    return shown | digits


def _labelled(text: str) -> str:
    """Return a text with the paper's names of methods in place of their keys."""
    return re.sub(r"\b[a-z]+\b", lambda word: METHODS.get(word[0], word[0]), text)
