"""Digests of exactly the code that a job can reach, definition by definition."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from naseval.errors import NasevalError
from naseval.provenance.closure import Closure
from naseval.provenance.package import Package
from naseval.provenance.resources import Resources

SOURCE = Path(__file__).parent.parent


def code_digest(
    *modules: str, scripts: Iterable[str | Path] = (), source: Path | None = None
) -> str:
    """Digest the scripts, the modules, and every definition of the package that they can reach.

    Scripts and modules count whole. From there the names that a definition uses are followed to
    where they are defined, and these definitions alone count; of all modules that are imported,
    the statements that have effects. Files of the package count where a literal names them.
    Comments, docstrings, formatting, the literal text of messages, and where the files lie don't
    count. `source` is the package's folder.

    Raises `NasevalError` where a module is imported by a computed name and none of `modules` is
    one that it can be.
    """
    lines = "\n".join(f"{name} {digest}" for name, digest in _lines(modules, scripts, source))
    return hashlib.sha256(lines.encode()).hexdigest()


def explain(
    *modules: str, scripts: Iterable[str | Path] = (), source: Path | None = None
) -> dict[str, str]:
    """Return the digests of all that is in a digest: `module:name`, or a file's path."""
    return dict(_lines(modules, scripts, source))


def closure(
    *modules: str, scripts: Iterable[str | Path] = (), source: Path | None = None
) -> Closure:
    """Return what a job can reach."""
    code = _code(source or SOURCE)
    found = Closure(code.package, code.resources)
    found.add_modules(modules)
    found.add_scripts(map(Path, scripts))
    found.follow()
    return found


def module_file(name: str) -> Path:
    """Return the file of a module of this package."""
    path = Package(SOURCE).path(name)
    if path is None:
        raise NasevalError(f"there is no module {name} under {SOURCE}")
    return path


def _lines(
    modules: Iterable[str], scripts: Iterable[str | Path], source: Path | None
) -> list[tuple[str, str]]:
    found = closure(*modules, scripts=scripts, source=source)
    reached = list(found.reached())
    lines = [(str(definition), one.digest) for definition, one in reached]
    lines += [(file, _file_digest(found.resources.root / file)) for file in found.files()]
    if any(one.reads_descriptions for _, one in reached):
        described = "\n".join(text for _, one in reached for text in one.descriptions)
        lines.append(("descriptions", hashlib.sha256(described.encode()).hexdigest()))
    return sorted(lines)


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Code(NamedTuple):
    """A package as it was read."""

    package: Package
    resources: Resources


_CODE: dict[Path, _Code] = {}


def _code(root: Path) -> _Code:
    """Return the package at `root`, read anew where any of its files changed since."""
    code = _CODE.get(root)
    if code is None or not code.resources.is_unchanged():
        code = _CODE[root] = _Code(Package(root), Resources.below(root))
    code.package.refresh()
    return code
