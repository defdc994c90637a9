"""Building blocks of Markdown, in GitHub's dialect."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from naseval.analysis.tables import escaped, rounded

FOLDED = re.compile(r"<details>\n<summary>[^<>]*</summary>|</details>")
"""The HTML of `details`, which begins and ends a collapsed section."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table of cells in Markdown; floats get two decimals, missing values become a dash.

    Labels in the cells are escaped already (`escaped_labels`).
    """
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(_cell(value) for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: object) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", rounded("", value)).replace("\n", " ")


def escaped_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels that Markdown shows as they are written, by the same names."""
    return {name: escaped(label) for name, label in labels.items()}


def details(summary: str, body: str) -> str:
    """Return a collapsed section that opens with a click; the summary is plain text."""
    return f"<details>\n<summary>{escape(summary)}</summary>\n\n{body}\n\n</details>"
