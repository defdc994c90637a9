"""Data files of the package: the literals that name them, and the templates that they include."""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from naseval.errors import NasevalError
from naseval.provenance.modules import Status, status

CODE = (".py", ".pyi", ".pyc")
TEMPLATES = "templates"
TAKES_IN = re.compile(r"\{%[-+]?\s*(?:include|extends|import|from)\b\s*([^%]*)")
LITERAL = re.compile(r"""["']([^"']+)["']""")


@dataclass
class Resources:
    """The files below `root` that are not code, as paths relative to `root`."""

    root: Path
    files: frozenset[str] = frozenset()
    folders: dict[Path, Status] = field(default_factory=dict)

    @classmethod
    def below(cls, root: Path) -> "Resources":
        """List the files below `root`."""
        files: list[str] = []
        folders = {}
        for folder, inner, names in os.walk(root):
            inner[:] = [name for name in inner if name != "__pycache__"]
            folders[Path(folder)] = status(Path(folder))
            below = Path(folder).relative_to(root).as_posix()
            files += [posixpath.normpath(f"{below}/{name}") for name in names if _is_data(name)]
        return cls(root, frozenset(files), folders)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the files, without their folders."""
        return frozenset(map(posixpath.basename, self.files))

    def is_unchanged(self) -> bool:
        """Tell whether the folders still contain the same files."""
        return all(was == status(folder) for folder, was in self.folders.items())

    def named(self, texts: Iterable[str], packages: Iterable[str]) -> set[str]:
        """Return the files named by the texts, relative to the folder of one of the packages.

        `packages` are paths relative to the root folder; `.` is the root folder itself.
        """
        places = [place for package in packages for place in (package, f"{package}/{TEMPLATES}")]
        candidates = (
            posixpath.normpath(f"{place}/{text}")
            for text in texts
            if posixpath.basename(text) in self.names
            for place in places
        )
        return {name for name in candidates if name in self.files}

    def with_included(self, files: Iterable[str], packages: Iterable[str]) -> set[str]:
        """Return the files and, for templates, the files that they include."""
        found: set[str] = set()
        pending = list(files)
        while pending:
            file = pending.pop()
            if file not in found:
                found.add(file)
                inner = list(self._taken_in(file))
                beside = posixpath.dirname(file)
                pending.extend(self.named(inner, [beside, *packages]))
        return found

    def _taken_in(self, file: str) -> Iterator[str]:
        content = (self.root / file).read_bytes()
        for expression in TAKES_IN.findall(content.decode("utf-8", errors="replace")):
            literals = LITERAL.findall(expression)
            if not literals:
                raise NasevalError(
                    f"{self.root / file} takes in a template by a computed name; write the name"
                )
            yield from literals


def _is_data(name: str) -> bool:
    return not name.endswith(CODE) and not name.startswith(".")
