"""Agreement of results with settings: what a file says it was made with, and what is asked for.

Other code alone is no disagreement: `snakemake --touch` keeps results of older code.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from naseval.errors import NasevalError


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested settings to dotted keys."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        name = f"{prefix}{key}"
        found |= flat(value, f"{name}.") if isinstance(value, dict) and value else {name: value}
    return found


def differences(made: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return, by dotted key, the settings of `asked` that are others in `made`; None: not there.

    Keys of `made` at the top that are not asked for, such as paths, do not count.
    """
    ours, theirs = flat(asked), flat({key: made[key] for key in asked if key in made})
    return {
        key: (theirs.get(key), ours.get(key))
        for key in sorted(ours.keys() | theirs.keys())
        if theirs.get(key) != ours.get(key)
    }


def check_settings(
    path: str | Path, made: Any, asked: Mapping[str, Any], *others: str | Path
) -> None:
    """Raise `NasevalError` if a file's provenance `made` has other settings than `asked`.

    The message names the file, a setting with both values, and the command that mends it. `others`
    are files that must be made again before this one.
    """
    settings = made.get("settings") if isinstance(made, Mapping) else None
    found = differences(settings if isinstance(settings, Mapping) else {}, asked)
    if found:
        (key, (theirs, ours)), *more = found.items()
        also = f" (and {', '.join(name for name, _ in more[:3])} differ)" if more else ""
        raise NasevalError(
            f"{path} was made with {key} {theirs!r}, not {ours!r} as the configuration says{also}; "
            f"set it back, or make the file again by {remake(path, *others)}"
        )


def remake(*paths: str | Path) -> str:
    """Return the command after which Snakemake makes files again."""
    return f"`rm {shlex.join(map(str, paths))}` and snakemake"
