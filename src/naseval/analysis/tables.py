"""Tables as Markdown, HTML, CSV and Parquet, and the labels that they display."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from naseval import records
from naseval.files import write_atomically

Labels = Mapping[str, str]
"""From a configured name to its label, in the order of display."""

WIDE = 40
"""The number of characters above which the text of a cell is wrapped."""


def in_order(names: Iterable[str], labels: Labels) -> list[str]:
    """Return the distinct `names` in the order of `labels`, then those without a label, sorted."""
    present = set(names)
    return [name for name in labels if name in present] + sorted(present - set(labels))


def counted(counts: Iterable[int]) -> str:
    """Return `n = 8`, or `n = 12 to 16` if the counts differ."""
    numbers = sorted(int(count) for count in counts)
    low, high = numbers[0], numbers[-1]
    return f"n = {low}" if low == high else f"n = {low} to {high}"


def rounded(column: str, value: object) -> str:
    """Format a value of a column for display.

    Floats get two decimals, and p-values (columns whose name ends in `_p` or `_q`) two significant
    digits. Integers and texts are not changed. A missing value becomes a dash.
    """
    if pd.isna(value):  # type: ignore[call-overload]
        return "–"
    if not isinstance(value, float):
        return str(value)
    if column.endswith(("_p", "_q")):
        return f"{value:.2g}"
    return f"{value:.2f}"


def markdown(frame: pd.DataFrame, title: str, note: str) -> str:
    """Return `frame` as a Markdown table, with its title above and the note below."""
    lines = [" | ".join(map(str, frame.columns)), " | ".join("---" for _ in frame.columns)]
    for row in frame.itertuples(index=False, name=None):
        cells = (rounded(str(name), value) for name, value in zip(frame.columns, row, strict=True))
        lines.append(" | ".join(text.replace("|", "\\|") for text in cells))
    body = "\n".join(f"| {line} |" for line in lines)
    return f"# {title}\n\n{body}\n\n{note}\n"


def html(frame: pd.DataFrame, title: str, note: str) -> str:
    """Return `frame` as an HTML table, with its title as the caption and the note below.

    Markdown *emphasis* in the note becomes `<em>`. A cell that holds a number has the class
    `number`, and one with a long text the class `text`.
    """
    names = [str(name) for name in frame.columns]
    head = "".join(f'<th scope="col">{escape(name.replace("_", " "))}</th>' for name in names)
    body = "\n".join(
        f"<tr>{''.join(map(_html_cell, names, row))}</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    emphasised = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", escape(note))
    return (
        f'<div class="scroll" role="region" aria-label="{escape(title)}" tabindex="0">\n'
        f"<table>\n<caption>{escape(title)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
        f'<p class="note">{emphasised}</p>\n'
    )


def _html_cell(column: str, value: object) -> str:
    text = escape(rounded(column, value))
    kind = "number" if re.match(r"[–−\d-]", text) else "text" if len(text) > WIDE else ""
    return f'<td class="{kind}">{text}</td>' if kind else f"<td>{text}</td>"


def write_table(
    frame: pd.DataFrame,
    stem: str | Path,
    title: str,
    note: str,
    provenance: Mapping[str, Any],
    laid_out: pd.DataFrame | None = None,
) -> None:
    """Write `frame` atomically to `stem`.parquet, .csv, .md and .html.

    Parquet and CSV hold the tidy `frame` with every digit. Markdown and HTML hold rounded values,
    of `laid_out` if it is given. Raise `NasevalError` if a file cannot be written.
    """
    content = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    records.write(f"{stem}.parquet", content, provenance)
    write_atomically(f"{stem}.csv", frame.to_csv(index=False, lineterminator="\n").encode())
    readable = frame if laid_out is None else laid_out
    write_atomically(f"{stem}.md", markdown(readable, title, note).encode())
    write_atomically(f"{stem}.html", html(readable, title, note).encode())
