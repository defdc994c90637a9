"""Helpers for Python syntax trees: bound names, imports, and parts of statements."""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

Attributes = tuple[str, ...]

SKIPPED = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
"""Fields of syntax tree nodes that do not affect the computation."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (*FUNCTIONS, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of each node type, in an order that is the same in all Python versions."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        self[kind] = tuple(sorted(name for name in kind._fields if name not in SKIPPED))
        return self[kind]


FIELDS = _Fields()


class Import(NamedTuple):
    """The target of an import: a module, or a name in a module."""

    module: str
    name: str | None = None


def imports_of(node: ast.Import | ast.ImportFrom, package: str) -> list[tuple[str, Import, Import]]:
    """Return (bound name, target, executed import) for each name that an import binds."""
    if isinstance(node, ast.Import):
        return [
            (
                alias.asname or alias.name.partition(".")[0],
                Import(alias.name if alias.asname else alias.name.partition(".")[0]),
                Import(alias.name),
            )
            for alias in node.names
        ]
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        above = parts[: len(parts) - node.level + 1]
        base = ".".join([*above, *([node.module] if node.module else [])])
    found = ((alias.asname or alias.name, Import(base, alias.name)) for alias in node.names)
    return [(name, target, target) for name, target in found]


def chain(node: ast.expr) -> tuple[ast.expr, Attributes]:
    """Split `a.b.c` into the node of `a` and the attributes (b, c)."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return node, tuple(reversed(attributes))


def is_type_checking(test: ast.expr) -> bool:
    """Tell whether an `if` tests for a type checker, so that its branch never runs."""
    base, attributes = chain(test)
    return "TYPE_CHECKING" in (*attributes, getattr(base, "id", ""))


def own_parts(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the parts of statements, without the bodies of functions, classes, comprehensions."""
    pending = list(nodes)
    while pending:
        part = pending.pop()
        yield part
        if isinstance(part, SCOPES):
            continue
        if isinstance(part, COMPREHENSIONS):
            inner = [child for child in ast.walk(part) if isinstance(child, ast.NamedExpr)]
            pending.extend(child.target for child in inner)
            continue
        for name in FIELDS[type(part)]:
            value = getattr(part, name, None)
            if isinstance(value, list):
                pending.extend(child for child in value if isinstance(child, ast.AST))
            elif isinstance(value, ast.AST):
                pending.append(value)


def binds(part: ast.AST) -> list[str]:
    """Return the names that a part of a statement binds itself, without imports."""
    match part:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            return [name]
        case _:
            return []
