"""Canonical text of a definition, for its digest.

The text covers the computation only. Positions, comments, formatting, docstrings and `pass` are
left out, and so is the literal text of `raise`, `assert` and logging statements. The text is the
same in every version of Python from 3.11.
"""

import ast
from collections.abc import Iterable
from typing import NamedTuple

from naseval.provenance.tree import FIELDS, chain

LEVELS = frozenset(
    {"critical", "debug", "error", "exception", "info", "log", "warn", "warn_explicit", "warning"}
)
"""Functions of `logging`, `warnings` and loggers that print a message."""
TEXT = "Text()"


class Canonical(NamedTuple):
    """The canonical text of a definition, and the descriptions of its settings fields."""

    text: str
    descriptions: tuple[str, ...]


def canonical(
    statements: Iterable[ast.AST],
    loggers: Iterable[str] = (),
    fields: Iterable[str] = (),
) -> Canonical:
    """Return the canonical text of the statements.

    `loggers` are the names of loggers and of the modules `logging` and `warnings`. `fields` are the
    names of pydantic's `Field`; their `description` is returned separately.
    """
    writer = _Writer(frozenset(loggers), frozenset(fields))
    return Canonical(writer.block(list(statements)), tuple(writer.descriptions))


class _Writer:
    def __init__(self, loggers: frozenset[str], fields: frozenset[str]) -> None:
        self.loggers = loggers
        self.fields = fields
        self.descriptions: list[str] = []

    def block(self, nodes: list[ast.AST]) -> str:
        """Write statements or a list of expressions, without those that compute nothing."""
        written = [self.write(node) for node in nodes if not _computes_nothing(node)]
        return f"[{', '.join(written)}]"

    def write(self, node: object) -> str:
        match node:
            case ast.Constant(value=value):
                return f"Constant({value!a})"
            case ast.JoinedStr():
                return self._joined(node)
            case ast.Raise(exc=ast.Call()) | ast.Assert():
                return self._raised(node)
            case ast.Expr(value=ast.Call() as call) if self._is_logging(call):
                return f"Expr({self._said_call(call)})"
            case ast.Call(func=function) as call if _dotted(function) in self.fields:
                return self._field(call)
            case ast.AST():
                return self._generic(node)
            case list():
                return self.block(node)
            case _:
                return ascii(node)

    def _generic(self, node: ast.AST, replaced: dict[str, str] | None = None) -> str:
        parts = []
        for name in FIELDS[type(node)]:
            value = getattr(node, name, None)
            if replaced and name in replaced:
                parts.append(f"{name}={replaced[name]}")
            elif value is not None and value != []:
                parts.append(f"{name}={self.write(value)}")
        return f"{type(node).__name__}({', '.join(parts)})"

    def _joined(self, node: ast.JoinedStr, said: bool = False) -> str:
        """Write an f-string with merged literal parts, which Python versions split differently."""
        parts: list[str] = []
        literal = ""
        for value in node.values:
            if isinstance(value, ast.Constant):
                literal += "" if said else str(value.value)
                continue
            if literal:
                parts.append(ascii(literal))
            literal = ""
            parts.append(self._formatted(value))
        if literal:
            parts.append(ascii(literal))
        if said:
            return f"Text({', '.join(parts)})"
        if not any(isinstance(value, ast.FormattedValue) for value in node.values):
            return f"Constant({literal!a})"
        return f"JoinedStr({', '.join(parts)})"

    def _formatted(self, node: ast.expr) -> str:
        assert isinstance(node, ast.FormattedValue)
        specification = "Constant('')"
        if isinstance(node.format_spec, ast.JoinedStr):
            specification = self._joined(node.format_spec)
        return f"{{{self.write(node.value)}, {node.conversion}, {specification}}}"

    def _raised(self, node: ast.Raise | ast.Assert) -> str:
        if isinstance(node, ast.Assert):
            return self._generic(node, {"msg": self._said(node.msg)} if node.msg else None)
        assert isinstance(node.exc, ast.Call)
        return self._generic(node, {"exc": self._said_call(node.exc)})

    def _said_call(self, call: ast.Call) -> str:
        said = ", ".join(self._said(argument) for argument in call.args)
        return self._generic(call, {"args": f"[{said}]"} if call.args else None)

    def _said(self, node: ast.expr) -> str:
        """Write an argument that is a message, without its literal text."""
        match node:
            case ast.Constant(value=str()):
                return TEXT
            case ast.JoinedStr():
                return self._joined(node, said=True)
            case ast.BinOp(op=ast.Add()):
                sides = {"left": self._said(node.left), "right": self._said(node.right)}
                return self._generic(node, sides)
            case ast.BinOp(op=ast.Mod()):
                return self._generic(node, {"left": self._said(node.left)})
            case ast.IfExp():
                sides = {"body": self._said(node.body), "orelse": self._said(node.orelse)}
                return self._generic(node, sides)
            case _:
                return self.write(node)

    def _is_logging(self, call: ast.Call) -> bool:
        return (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in LEVELS
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in self.loggers
        )

    def _field(self, call: ast.Call) -> str:
        kept = []
        for keyword in call.keywords:
            if keyword.arg == "description" and isinstance(keyword.value, ast.Constant):
                self.descriptions.append(ascii(keyword.value.value))
            else:
                kept.append(keyword)
        return self._generic(call, {"keywords": self.block(list(kept))})


def _computes_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _dotted(node: ast.expr) -> str:
    base, attributes = chain(node)
    return ".".join([base.id, *attributes]) if isinstance(base, ast.Name) else ""
