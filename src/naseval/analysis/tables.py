"""Tables as people and programs read them: Markdown, CSV and Parquet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from naseval import records
from naseval.files import write_atomically


def rounded(column: str, value: object) -> str:
    """Return `value` as people read it.

    Fractions get two decimals, p-values (columns ending in `_p` or `_q`) two significant
    digits, whole numbers and words stay as they are, and what is unknown becomes a dash.
    """
    if pd.isna(value):  # type: ignore[call-overload]
        return "–"
    if not isinstance(value, float):
        return str(value)
    if column.endswith(("_p", "_q")):
        return f"{value:.2g}"
    return f"{value:.2f}"


def markdown(frame: pd.DataFrame, title: str, note: str) -> str:
    """Return `frame` as a Markdown table under its title, with the note below."""
    lines = [" | ".join(map(str, frame.columns)), " | ".join("---" for _ in frame.columns)]
    for row in frame.itertuples(index=False, name=None):
        shown = (rounded(str(name), value) for name, value in zip(frame.columns, row, strict=True))
        lines.append(" | ".join(text.replace("|", "\\|") for text in shown))
    body = "\n".join(f"| {line} |" for line in lines)
    return f"# {title}\n\n{body}\n\n{note}\n"


def write_table(
    frame: pd.DataFrame,
    stem: str | Path,
    title: str,
    note: str,
    provenance: Mapping[str, Any],
    shown: pd.DataFrame | None = None,
) -> None:
    """Write `frame` to `stem`.parquet, .csv and .md, each whole or not at all.

    Parquet and CSV hold every digit; only the Markdown is rounded. `shown` is what the
    Markdown lays out where that should differ from the tidy frame. `NasevalError` where a
    file cannot be written.
    """
    content = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    records.write(f"{stem}.parquet", content, provenance)
    write_atomically(f"{stem}.csv", frame.to_csv(index=False, lineterminator="\n").encode())
    text = markdown(frame if shown is None else shown, title, note)
    write_atomically(f"{stem}.md", text.encode())
