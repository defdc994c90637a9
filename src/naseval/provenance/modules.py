"""A parsed module: its definitions, its imports, and its statements with side effects."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from naseval.errors import NasevalError
from naseval.provenance.canonical import Canonical, canonical
from naseval.provenance.tree import Import, binds, chain, imports_of, is_type_checking, own_parts
from naseval.provenance.uses import Uses, uses

ALL = "<all>"
"""Key of all statements of a script, in order."""
EFFECTS = "<effects>"
"""Key of the statements of a module that have side effects when it is imported."""
MAIN = "<main>"
"""Key of the statements that run only if the module is the main program."""
SAYERS = ("logging", "warnings", "logging.getLogger")
BLOCKS = (ast.If, ast.Try, ast.For, ast.While, ast.With, ast.Match, ast.TryStar)
PLAIN = (ast.Import, ast.ImportFrom, ast.Pass, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


Status = tuple[int, int] | None
"""Modification time (ns) and size of a file or folder. None if it does not exist."""


def status(path: Path) -> Status:
    """Return the status of a file or folder."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


class Part(NamedTuple):
    """The canonical text of a definition, and what the definition uses."""

    canonical: Canonical
    uses: Uses


@dataclass
class Module:
    """A source file. `name` is the dotted name of a module, or the file name of a script."""

    name: str
    path: Path
    status: Status
    """Status of the file when it was read."""
    statements: dict[str, list[ast.stmt]] = field(default_factory=dict)
    """The statements that define each name of the module."""
    imports: dict[str, list[Import]] = field(default_factory=dict)
    """The targets of each name that an import binds."""
    runs: list[Import] = field(default_factory=list)
    """The imports that run when the module is imported."""
    stub: dict[str, Import] | None = None
    """The names that a package loads lazily, or None if it does not use lazy loading."""
    futures: bool = False
    _parts: dict[str, Part] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, path: Path) -> "Module":
        """Read and parse a source file. The encoding is always UTF-8."""
        module = cls(name, path, status(path))
        module._take_all(_parsed(path).body)
        return module

    @classmethod
    def read_script(cls, path: Path) -> "Module":
        """Read a script. Its name is the file name, and all its statements count."""
        module = cls(path.name, path, status(path))
        statements = _parsed(path).body
        module._take_all(statements)
        imports = (ast.Import, ast.ImportFrom)
        module.statements[ALL] = [one for one in statements if not isinstance(one, imports)]
        return module

    @cached_property
    def package(self) -> str:
        """The package to which relative imports refer."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def is_package(self) -> bool:
        """True if the file is the `__init__.py` of a package."""
        return self.path.name == "__init__.py"

    def part(self, name: str) -> Part:
        """Return the canonical text of a definition and what it uses."""
        if name not in self._parts:
            statements = self.statements.get(name, [])
            used = uses(statements, self.name, self.package)
            text = canonical(statements, self.sayers - used.bound, self.fields - used.bound)
            self._parts[name] = Part(text, used)
        return self._parts[name]

    @cached_property
    def sayers(self) -> frozenset[str]:
        """Names of loggers and of the modules `logging` and `warnings`."""
        modules = {name for name in self.imports if self.library(name) in SAYERS[:2]}
        loggers = {
            name
            for name, statements in self.statements.items()
            if all(self._is_logger(statement) for statement in statements)
        }
        return frozenset(modules | loggers)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names that refer to pydantic's `Field`."""
        return frozenset(
            f"{name}{end}"
            for name in self.imports
            for end in ("", ".Field")
            if f"{self.library(name)}{end}" == "pydantic.Field"
        )

    def library(self, name: str) -> str:
        """Return the dotted name that an import binds to `name`, or an empty string."""
        found = self.imports.get(name, [])
        if len(found) != 1 or name in self.statements:
            return ""
        return ".".join(filter(None, found[0]))

    def dotted(self, node: ast.expr) -> str:
        """Return the dotted name of a library function. Names that are not imported are kept."""
        base, attributes = chain(node)
        if not isinstance(base, ast.Name) or base.id in self.statements:
            return ""
        return ".".join([self.library(base.id) or base.id, *attributes])

    def _is_logger(self, statement: ast.stmt) -> bool:
        value = getattr(statement, "value", None)
        return (
            isinstance(statement, (ast.Assign, ast.AnnAssign))
            and isinstance(value, ast.Call)
            and self.dotted(value.func) == SAYERS[2]
        )

    def _take_all(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._take(statement)

    def _take(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._take_import(statement)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.If(test=test) if is_type_checking(test):
                self._take_all(statement.orelse)
            case ast.If(test=test) if is_main(test):
                self._define([MAIN], statement)
            case ast.Assign(value=ast.Call(func=function)) if _is_stub(function):
                self.stub = _stub(self)
                self._define(_names(statement), statement)
            case _:
                self._define(_names(statement), statement)
                for part in _imports(statement):
                    self._define(self._take_import(part), statement)
                if has_effects(statement):
                    self._define([EFFECTS], statement)

    def _take_import(self, node: ast.Import | ast.ImportFrom) -> list[str]:
        found = imports_of(node, self.package)
        for name, target, run in found:
            if name == "*":
                raise NasevalError(f"{self.path}:{node.lineno} imports *; name what it imports")
            self.futures |= target.module == "__future__"
            self.imports.setdefault(name, []).append(target)
            self.runs.append(run)
        return [name for name, _, _ in found]

    def _define(self, names: Iterable[str], statement: ast.stmt) -> None:
        for name in names:
            self.statements.setdefault(name, []).append(statement)


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    except SyntaxError as error:
        raise NasevalError(
            f"{path}:{error.lineno} is not Python ({error.msg}); correct it"
        ) from error


def is_main(test: ast.expr) -> bool:
    """Tell whether an `if` tests for the main program."""
    return isinstance(test, ast.Compare) and getattr(test.left, "id", "") == "__name__"


def has_effects(statement: ast.stmt) -> bool:
    """Tell whether a statement does more than define names.

    Decorators and base classes are judged after their names are resolved, see `Package.acts`.
    """
    match statement:
        case ast.Assign(targets=targets):
            return not all(map(_is_plain, targets))
        case ast.AnnAssign(target=target):
            return not _is_plain(target)
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.If() | ast.Try() | ast.For() | ast.While() | ast.Match() | ast.TryStar():
            return any(map(has_effects, inner(statement)))
        case _:
            return not isinstance(statement, (*PLAIN, *_TYPE_ALIAS))


_TYPE_ALIAS: tuple[type[ast.stmt], ...] = (
    (getattr(ast, "TypeAlias"),) if hasattr(ast, "TypeAlias") else ()  # noqa: B009
)


def inner(statement: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from child.body


def _is_plain(target: ast.expr) -> bool:
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(map(_is_plain, target.elts))
    if isinstance(target, ast.Starred):
        return _is_plain(target.value)
    return isinstance(target, ast.Name)


def _names(statement: ast.stmt) -> list[str]:
    return list(dict.fromkeys(name for part in own_parts([statement]) for name in binds(part)))


def _imports(statement: ast.stmt) -> list[ast.Import | ast.ImportFrom]:
    if not isinstance(statement, BLOCKS):
        return []
    parts = own_parts([statement])
    return [part for part in parts if isinstance(part, (ast.Import, ast.ImportFrom))]


def _is_stub(function: ast.expr) -> bool:
    base, attributes = chain(function)
    return "attach_stub" in (*attributes, getattr(base, "id", ""))


def _stub(module: Module) -> dict[str, Import]:
    """Return the lazily loaded names of a package, from the .pyi file next to its code."""
    path = module.path.with_suffix(".pyi")
    if not path.exists():
        raise NasevalError(f"{module.path} uses a stub that does not exist; write {path}")
    return {
        name: target
        for statement in _parsed(path).body
        if isinstance(statement, ast.ImportFrom)
        for name, target, _ in imports_of(statement, module.package)
    }
