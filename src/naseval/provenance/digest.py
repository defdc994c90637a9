"""Digests of exactly the code that a job can reach, definition by definition."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from naseval.errors import NasevalError
from naseval.provenance.closure import Closure
from naseval.provenance.package import Package
from naseval.provenance.remembered import forget_content, question, recall, remember
from naseval.provenance.resources import Resources

SOURCE = Path(__file__).parent.parent


def code_digest(
    *modules: str, scripts: Iterable[str | Path] = (), source: Path | None = None
) -> str:
    """Digest the scripts, the modules, and every definition of the package that they can reach.

    Scripts and modules count as a whole. From them, each used name is followed to its definition,
    and only these definitions count, together with the statements with side effects of all imported
    modules. A file of the package counts if a literal names it. Comments, docstrings, formatting,
    the literal text of messages and the location of the files do not count. `source` is the
    package's folder.

    A digest of this package's code that was computed for files of the same content is read from
    Snakemake's folder (`naseval.provenance.remembered`).

    Raise `NasevalError` if a module is imported by a computed name that fits none of `modules`.
    """
    paths = [Path(script) for script in scripts]
    key = question(SOURCE, modules, paths) if source is None else None
    if key and (known := recall(key)):
        return known
    lines = "\n".join(f"{name} {digest}" for name, digest in _lines(modules, paths, source))
    digest = hashlib.sha256(lines.encode()).hexdigest()
    if key:
        forget_content()
        if question(SOURCE, modules, paths) == key:  # nobody edits the files meanwhile
            remember(key, digest)
    return digest


def explain(
    *modules: str, scripts: Iterable[str | Path] = (), source: Path | None = None
) -> dict[str, str]:
    """Return the digest of each part of a code digest, by `module:name` or a file's path."""
    return dict(_lines(modules, scripts, source))


def closure(
    *modules: str, scripts: Iterable[str | Path] = (), source: Path | None = None
) -> Closure:
    """Return the code that a job can reach."""
    code = _code(source or SOURCE)
    found = Closure(code.package, code.resources)
    found.add_modules(modules)
    found.add_scripts(map(Path, scripts))
    found.follow()
    return found


def module_file(name: str) -> Path:
    """Return the file of a module of this package. Raise `NasevalError` if there is none."""
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
    """A package with its modules and data files, as last read."""

    package: Package
    resources: Resources


_CODE: dict[Path, _Code] = {}


def _code(root: Path) -> _Code:
    """Return the package at `root`. It is read again if any of its files changed."""
    code = _CODE.get(root)
    if code is None or not code.resources.is_unchanged():
        code = _CODE[root] = _Code(Package(root), Resources.below(root))
    code.package.refresh()
    return code
