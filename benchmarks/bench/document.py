"""Markdown tables, and their places in a document."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_into(document: Path, name: str, text: str) -> None:
    """Put `text` between `<!-- bench:begin NAME -->` and `<!-- bench:end NAME -->`.

    Raise `ValueError` if the document has no such place.
    """
    begin, end = f"<!-- bench:begin {name} -->", f"<!-- bench:end {name} -->"
    pattern = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.DOTALL)
    before = document.read_text(encoding="utf-8")
    after, places = pattern.subn(lambda _: f"{text}\n", before)
    if places != 1:
        raise ValueError(f"{document} has {places} places {begin} … {end}; it needs one")
    document.write_text(after, encoding="utf-8")


def write_tables(
    tables: Mapping[str, Callable[[], str]], names: Iterable[str], document: Path | None
) -> None:
    """Make the tables of these names; print each one, and put it into the document, if given."""
    for name in names:
        text = tables[name]()
        sys.stdout.write(f"\n{text}\n")
        sys.stdout.flush()
        if document:
            write_into(document, name, text)
