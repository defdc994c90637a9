"""The order, the names and the numbers in which groups of runs are shown."""

from collections.abc import Iterable, Mapping

Labels = Mapping[str, str]
"""From a configured name to what people read, in the order of display."""


def in_order(names: Iterable[str], labels: Labels) -> list[str]:
    """Return the distinct `names` in the order of `labels`; those it lacks follow, sorted."""
    present = set(names)
    return [name for name in labels if name in present] + sorted(present - set(labels))


def counted(counts: Iterable[int]) -> str:
    """Return `n = 8`, or `n = 12 to 16` where groups differ in number."""
    numbers = sorted(int(count) for count in counts)
    low, high = numbers[0], numbers[-1]
    return f"n = {low}" if low == high else f"n = {low} to {high}"
