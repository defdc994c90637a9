"""Mistakes in a configuration: every key is changed in every way that comes to mind."""

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
DELETED, RENAMED, DUPLICATED, AS_TEXT = "deleted", "renamed", "duplicated", "as text"
VALUES = (
    None, True, "", "nope", "a\nb", "yes", "../x", 0, -1, 1, 2, 3, 0.5, 1e9, 10**12, 10**400,
    -(10**12), float("inf"), float("nan"), [], ["nope"], [[1]], [None], {}, {"nope": 1}, {3: {}},
)  # fmt: skip
"""What is written in place of a value."""


def paths(config: Any, above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key and every list entry."""
    if isinstance(config, dict):
        entries = list(config.items())
    else:
        entries = list(enumerate(config)) if isinstance(config, list) else []
    for key, value in entries:
        yield (*above, key)
        yield from paths(value, (*above, key))


def dotted_paths(config: Any) -> set[str]:
    """Return every path as messages write it."""
    return {".".join(map(str, path)) for path in paths(config)}


def mutations(config: Any) -> Iterator[tuple[Path, Any]]:
    """Yield every change: a path, and a value or one of the words above."""
    for path in paths(config):
        for change in (DELETED, RENAMED, DUPLICATED, AS_TEXT, *VALUES):
            yield path, change


def changed(config: Any, path: Path, change: Any) -> Any:
    """Return a copy of the configuration with one mistake."""
    mutated = copy.deepcopy(config)
    place = mutated
    for part in path[:-1]:
        place = place[part]
    last, value = path[-1], place[path[-1]]
    if change is DELETED:
        del place[last]
    elif change is RENAMED and isinstance(place, dict):
        place[f"{last}x"] = place.pop(last)
    elif change is DUPLICATED and isinstance(value, list):
        place[last] = value + value
    elif change is AS_TEXT:
        place[last] = str(value)
    elif change not in (RENAMED, DUPLICATED):
        place[last] = change
    return mutated
