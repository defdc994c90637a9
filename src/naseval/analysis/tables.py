"""Tables as Markdown, HTML, CSV and Parquet, and the labels that they display."""

import math
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from markdown_it import MarkdownIt

from naseval import records
from naseval.analysis.wording import with_minus
from naseval.files import write_atomically

Labels = Mapping[str, str]
"""From a configured name to its label, in the order of display."""

WIDE = 40
"""The number of characters above which the text of a cell is wrapped."""

AMOUNT = re.compile(r"[+−]?\d[\d.]*(e[+−-]?\d+)?|–")
"""A cell that is one number, or a dash in its place."""

NOTES = MarkdownIt("commonmark", {"html": False})
"""Makes HTML of notes; tags in them are shown as they are written."""

HEADINGS = {
    "statistic": "best or last",
    "std": "standard deviation",
    "std_low": "interval of the sample standard deviation from",
    "std_high": "to",
    "std_sample": "sample standard deviation",
    "min": "lowest",
    "max": "highest",
    "p5": "5th percentile",
    "p95": "95th percentile",
    "near_best": "within 1 point of the best, %",
    "part": "source of the spread",
    "freedom": "degrees of freedom",
    "squares": "sum of squares",
    "share": "share, %",
    "low": "interval from",
    "high": "interval to",
    "by": "compared by",
    "left": "first",
    "right": "second",
    "tau": "Kendall's tau-b",
    "change_mean": "mean change, points",
    "change_std": "its standard deviation",
    "change_max": "largest change, points",
    "rank_change_mean": "mean change of rank",
    "rank_change_max": "largest change of rank",
    "shift_of_medians": "shift of medians, points",
    "welch_p": "Welch's p",
    "welch_q": "Welch's q",
    "kolmogorov_p": "Kolmogorov–Smirnov p",
    "mann_whitney_p": "Mann–Whitney p",
}
"""What tables call a column where its name with spaces would not do."""


def in_order(names: Iterable[str], labels: Labels) -> list[str]:
    """Return the distinct `names` in the order of `labels`, then those without a label, sorted."""
    present = set(names)
    return [name for name in labels if name in present] + sorted(present - set(labels))


def rounded(column: str, value: object) -> str:
    """Format a value of a column for display.

    Floats get two decimals, and p-values (columns whose name ends in the word `p` or `q`) two
    significant digits. Texts are not changed. A missing or an infinite value becomes
    a dash.
    """
    if pd.isna(value) or value in (math.inf, -math.inf):  # type: ignore[call-overload]
        return "–"
    if isinstance(value, str):
        return value
    if not isinstance(value, float):
        return with_minus(str(value))
    return with_minus(f"{value:.2g}" if re.search("[_ ][pq]$", column) else f"{value:.2f}")


def escaped(text: str) -> str:
    """Return `text` so that Markdown (GitHub's dialect) shows it exactly as it is written."""
    text = re.sub(r"[\\`*_<|$~&#]|\](?=[(\[:])", r"\\\g<0>", " ".join(text.split("\n")))
    return re.sub(r"^(\s*)(?=>|[-+=]+(\s|$))|^(\s*\d+)(?=[.)](\s|$))", r"\1\3\\", text)


def unescaped(text: str) -> str:
    """Return the text that `escaped` was given."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def markdown(frame: pd.DataFrame, title: str, note: str) -> str:
    """Return `frame` as a Markdown table, with its title above and the note below.

    Title, names of columns and cells are plain texts; the note is Markdown, and labels in it are
    `escaped`.
    """
    names = [str(name) for name in frame.columns]
    lines = [" | ".join(map(escaped, names)), " | ".join("---" for _ in names)]
    for row in frame.itertuples(index=False, name=None):
        cells = (rounded(name, value) for name, value in zip(names, row, strict=True))
        lines.append(" | ".join(map(escaped, cells)))
    body = "\n".join(f"| {line} |" for line in lines)
    return f"# {escaped(title)}\n\n{body}\n\n{note}\n"


def html(frame: pd.DataFrame, title: str, note: str) -> str:
    """Return `frame` as an HTML table, with its title as the caption and the note below.

    The note is one paragraph of Markdown, and labels in it are `escaped`. A cell that holds a
    number has the class `number`, and one with a long text the class `text`. Columns of nothing but
    numbers have the class `amount`.
    """
    names = [str(name) for name in frame.columns]
    rows = [
        [rounded(name, value) for name, value in zip(names, row, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    amounts = [_is_amount(column) for column in zip(*rows, strict=True)] or [False] * len(names)
    heading = {True: '<th scope="col" class="amount">', False: '<th scope="col">'}
    head = "".join(
        f"{heading[amount]}{escape(name)}</th>" for name, amount in zip(names, amounts, strict=True)
    )
    body = "\n".join(f"<tr>{''.join(map(_html_cell, row, amounts))}</tr>" for row in rows)
    return (
        f'<div class="scroll" role="group" aria-label="{escape(title)}" tabindex="0">\n'
        f"<table>\n<caption>{escape(title)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
        f'<p class="note">{NOTES.renderInline(note)}</p>\n'
    )


def _is_amount(column: Iterable[str]) -> bool:
    """Tell whether all cells of a column are numbers, except for dashes."""
    texts = set(column)
    return texts != {"–"} and all(AMOUNT.fullmatch(text) for text in texts)


def _html_cell(text: str, amount: bool) -> str:
    kind = "number" if re.match(r"[+–−\d-]", text) else "text" if len(text) > WIDE else ""
    kinds = f"{kind} amount" if amount else kind
    return f'<td class="{kinds}">{escape(text)}</td>' if kinds else f"<td>{escape(text)}</td>"


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
    of `laid_out` if it is given; there, a column of `frame` is called as `HEADINGS` says, or has
    its name with spaces. Raise `NasevalError` if a file cannot be written.
    """
    content = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    records.write(f"{stem}.parquet", content, provenance)
    write_atomically(f"{stem}.csv", frame.to_csv(index=False, lineterminator="\n").encode())
    readable = frame if laid_out is None else laid_out
    headings = {name: HEADINGS.get(name, name.replace("_", " ")) for name in frame.columns}
    readable = readable.rename(columns=headings)
    write_atomically(f"{stem}.md", markdown(readable, title, note).encode())
    write_atomically(f"{stem}.html", html(readable, title, note).encode())
