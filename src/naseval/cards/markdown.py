"""Building blocks of Markdown, in GitHub's dialect."""

from collections.abc import Iterable, Sequence

import numpy as np

from naseval.analysis.tables import rounded


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; floats get two decimals, and missing values become a dash."""
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(_cell(value) for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: object) -> str:
    return rounded("", value).replace("|", "\\|").replace("\n", " ")


def details(summary: str, body: str) -> str:
    """Return a collapsed section that opens with a click."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def spread(mean: float, std: float, n: int, form: str = ".2f") -> str:
    """Return `93.21 ± 0.40`; `93.21` for a single value, a dash for none."""
    if n == 0:
        return "–"
    return f"{mean:{form}} ± {std:{form}}" if n > 1 else f"{mean:{form}}"


def interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """Return `0.42 [-0.10, 0.90]`, without brackets if the interval is NaN, a dash if all is."""
    if np.isnan(value):
        return "–"
    # `+ 0.0` after rounding turns −0.00 into 0.00.
    number, *ends = (f"{round(end, digits) + 0.0:.{digits}f}" for end in (value, low, high))
    return number if np.isnan(low) else f"{number} [{', '.join(ends)}]"


def p_value(p: float, adjusted: float = np.nan) -> str:
    """Return p with two significant digits, followed by the adjusted p in brackets."""
    if np.isnan(p):
        return "–"
    return f"{p:.2g}" if np.isnan(adjusted) else f"{p:.2g} ({adjusted:.2g})"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, e.g. `1 search` or `2 searches`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
