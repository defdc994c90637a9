"""What made a result: digests of exactly the code it can reach, and the run's circumstances."""

import ast
import hashlib
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from naseval.errors import NasevalError

PACKAGE = "naseval"
SOURCE = Path(__file__).parent
LIBRARIES = ("numpy", "pandas", "pyarrow", "pymoo", "scipy", "torch", "torchvision")


def code_digest(*modules: str, scripts: Iterable[str | Path] = ()) -> str:
    """Digest the modules, all of this package that they import, and the scripts with theirs.

    Comments, docstrings, formatting and modification times don't count; where the files lie
    doesn't either. Imports are followed statically: a module that is imported by a computed
    name has to be named here.
    """
    roots = {Path(script).name: Path(script) for script in scripts}
    pending = [*modules, *(name for path in roots.values() for name in _inspect(path).imports)]
    closure: dict[str, Path] = {}
    while pending:
        name = pending.pop()
        for part in _with_parents(name):
            if part not in closure:
                closure[part] = module_file(part)
                pending.extend(_inspect(closure[part]).imports)
    digest = hashlib.sha256()
    for label, path in sorted(roots.items()) + sorted(closure.items()):
        digest.update(f"{label} {_inspect(path).digest}\n".encode())
    return digest.hexdigest()


def module_file(name: str) -> Path:
    """Return the file of a module of this package."""
    parts = name.split(".")[1:]
    found = _find(SOURCE.joinpath(*parts))
    if found is None:
        raise NasevalError(f"there is no module {name} under {SOURCE}")
    return found


class _Inspected:
    """A source file's digest and the modules of this package that it imports."""

    def __init__(self, text: str, path: Path) -> None:
        tree = ast.parse(text, filename=str(path))
        imports: set[str] = set()
        for node in ast.walk(tree):
            imports.update(_imports(node))
            _drop_docstring(node)
        self.imports = sorted(imports)
        self.digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _inspect(path: Path) -> _Inspected:
    status = path.stat()
    return _inspect_version(path, status.st_mtime_ns, status.st_size)


@cache
def _inspect_version(path: Path, _modified: int, _size: int) -> _Inspected:
    return _Inspected(path.read_text(), path)


def _imports(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if _ours(alias.name))
    elif isinstance(node, ast.ImportFrom) and node.module and _ours(node.module):
        for alias in node.names:
            name = f"{node.module}.{alias.name}"
            is_module = _find(SOURCE.joinpath(*name.split(".")[1:])) is not None
            yield name if is_module else node.module


def _ours(name: str) -> bool:
    return name.split(".")[0] == PACKAGE


@cache
def _find(place: Path) -> Path | None:
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _drop_docstring(node: ast.AST) -> None:
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return
    # Bare strings after a statement document names; they run no code either.
    kept = [
        child
        for child in body
        if not (
            isinstance(child, ast.Expr)
            and isinstance(child.value, ast.Constant)
            and isinstance(child.value.value, str)
        )
    ]
    node.body = kept  # type: ignore[attr-defined]


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def circumstances(**facts: Any) -> dict[str, Any]:
    """Return commit, library versions and the time of writing, with `facts` beside them."""
    return {**_commit(), "versions": _versions(), "end": now(), **facts}


def _versions() -> dict[str, str]:
    found = {}
    for name in (PACKAGE, *LIBRARIES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> dict[str, Any]:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(SOURCE), *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):  # no git, or not a checkout
        return {"commit": None, "dirty": None}
