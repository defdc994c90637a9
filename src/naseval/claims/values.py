"""Values of claims (numbers, texts or lists), and whether two of them agree."""

from collections.abc import Callable
from typing import Any

Value = Any
"""A number, a text, or a list of them, as in JSON."""

ROUNDING = 1e-9
"""The tolerance for rounding errors of floats, e.g. of 0.185 − 0.18 compared with 0.005."""


def agrees(comparator: str, printed: Value, found: Value, tolerance: float) -> bool:
    """Tell whether `found` agrees with `printed`.

    `comparator` is `==` (numbers within the tolerance, lists entry by entry), `<`, `<=`, `>`,
    `>=`, `set` (lists in any order) or `order` (lists in this order).
    """
    return _COMPARISONS[comparator](printed, found, tolerance)


def _equal(printed: Value, found: Value, tolerance: float) -> bool:
    if isinstance(printed, list):
        return (
            isinstance(found, list)
            and len(printed) == len(found)
            and all(_equal(a, b, tolerance) for a, b in zip(printed, found, strict=True))
        )
    if _is_number(printed) and _is_number(found):
        return abs(printed - found) <= tolerance + ROUNDING
    return bool(printed == found)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float)


_COMPARISONS: dict[str, Callable[[Value, Value, float], bool]] = {
    "==": _equal,
    "order": _equal,
    "set": lambda printed, found, _: sorted(printed) == sorted(found),
    "<": lambda printed, found, _: found < printed,
    "<=": lambda printed, found, _: found <= printed,
    ">": lambda printed, found, _: found > printed,
    ">=": lambda printed, found, _: found >= printed,
}


def shown(value: Value) -> str:
    """Format a value for the ledger: floats get up to 6 decimals, and None becomes ''."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(shown(entry) for entry in value)
    return str(value)
