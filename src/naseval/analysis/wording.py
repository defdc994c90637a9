"""Numbers in sentences and cells: counts with their nouns, means with spreads, intervals."""

import re
from collections.abc import Iterable
from typing import Literal

import numpy as np


def with_minus(text: str) -> str:
    """Return a text of numbers with minus signs in the place of hyphens before them.

    Hyphens within a word, a date or a range stay.
    """
    return re.sub(r"(?<![\w.)\]-])-(?=[\d.])", "−", text)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, e.g. `1 search` or `2 searches`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def counted(counts: Iterable[int], noun: str = "") -> str:
    """Return `n = 8`, or `n = 12 to 16` if the counts differ; with a noun, `n = 8 runs`."""
    numbers = sorted(int(number) for number in counts)
    low, high = (numbers[0], numbers[-1]) if numbers else (0, 0)
    text = f"n = {low}" if low == high else f"n = {low} to {high}"
    return f"{text} {noun if high == 1 else noun + 's'}" if noun else text


def out_of(counted: int, trained: int) -> str:
    """Return `8`, or `7 of 8` if one of the trained runs diverged and is left out."""
    return str(counted) if counted == trained else f"{counted} of {trained}"


def spread(mean: float, std: float, n: int, form: str = ".2f") -> str:
    """Return `93.21 ± 0.40`; `93.21` for a single value, a dash for none."""
    if n == 0:
        return "–"
    return with_minus(f"{mean:{form}} ± {std:{form}}" if n > 1 else f"{mean:{form}}")


def interval(
    value: float, low: float, high: float, digits: int = 2, sign: Literal["", "+"] = ""
) -> str:
    """Return `0.42 [−0.10, 0.90]`, without brackets if the interval is NaN, a dash if all is.

    With `sign` +, numbers keep their sign, also those that are rounded to 0, since it tells whether
    an interval holds 0: `+0.42 [−0.00, +0.90]`.
    """
    if np.isnan(value):
        return "–"
    # `+ 0.0` turns −0.00 into 0.00: of numbers without a sign after rounding them.
    shown = [end if sign else round(end, digits) for end in (value, low, high)]
    number, *ends = (f"{end + 0.0:{sign}.{digits}f}" for end in shown)
    return with_minus(number if np.isnan(low) else f"{number} [{', '.join(ends)}]")


def p_value(p: float) -> str:
    """Return p with two significant digits; a dash if it is NaN."""
    return "–" if np.isnan(p) else f"{p:.2g}"
