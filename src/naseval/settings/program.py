"""Settings of a search by a user's own program. Without torch."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from naseval.settings.base import Strict

PLACES = ("data", "seed", "output", "checkpoint")
"""What is filled in where a command has it in braces."""
NEEDED = ("seed", "output")


def _command(parts: list[str]) -> list[str]:
    named = re.findall(r"\{(\w+)\}", " ".join(parts))
    if unknown := next((name for name in named if name not in PLACES), None):
        raise ValueError(f"{{{unknown}}} is not filled in; use {{{'}, {'.join(PLACES)}}}")
    if missing := next((name for name in NEEDED if name not in named), None):
        raise ValueError(f"the program is not told {{{missing}}}; add it to its arguments")
    if "\0" in "".join(parts):
        raise ValueError("an argument has no NUL; remove it")
    return parts


Command = Annotated[list[str], Field(min_length=1), AfterValidator(_command)]
"""A program and its arguments, which no shell reads."""


class Program(Strict):
    """A program that searches, and what its searches depend on besides the images."""

    command: list[str] = Field(description="the program and its arguments, not filled in")
    environment: str | None = Field(description="folder of its environment")
    files: dict[str, str] = Field(description="SHA-256 of the content of its files, by path")


def digests_of(places: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the content of files and folders, by path. Raise `OSError`.

    A folder stands for the files in it and their relative paths, except those below `__pycache__`
    or whose path has a part that begins with a dot.
    """
    return {place: _digest(Path(place)) for place in places}


def _digest(place: Path) -> str:
    if not place.is_dir():
        return hashlib.sha256(place.read_bytes()).hexdigest()
    lines = [f"{path.relative_to(place)} {_digest(path)}" for path in sorted(_files(place))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part[0] == "." or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden:
            yield path
