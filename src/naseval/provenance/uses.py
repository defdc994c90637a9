"""The names (with their attributes), imports and string literals that a definition uses."""

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from naseval.provenance.tree import (
    FIELDS,
    Attributes,
    Import,
    binds,
    chain,
    imports_of,
    is_type_checking,
    own_parts,
)

Scope = dict[str, list["Import"]]
"""Names that a function binds, each with the imports that bind it. A variable has none."""

NEVER_FOLLOWED = frozenset({"__name__", "__package__", "__file__", "__spec__", "__path__"})
SAYING = frozenset({"description", "json_schema", "model_json_schema", "TypeAdapter"})
"""Attributes through which a program reads the descriptions of its settings."""


class Computed(NamedTuple):
    """An import of a module by a computed name, and a pattern of the possible names."""

    line: int
    pattern: str


@dataclass
class Uses:
    """Everything that some statements use."""

    names: set[tuple[str, Attributes]] = field(default_factory=set)
    """Global names, each with the attributes read from it, as in `records.write`."""
    imported: set[tuple[Import, Attributes]] = field(default_factory=set)
    """Names that a function imports itself, with the attributes read from them."""
    modules: set[Import] = field(default_factory=set)
    """Imports inside functions."""
    texts: set[str] = field(default_factory=set)
    """String literals, which may name files or modules."""
    computed: set[Computed] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    """Names that any function binds."""
    reads_descriptions: bool = False


def uses(statements: Iterable[ast.AST], module: str, package: str) -> Uses:
    """Return what the statements of `module` use. Relative imports refer to `package`."""
    visitor = _Visitor(module, package)
    for statement in statements:
        visitor.visit(statement)
    return visitor.found


class _Visitor:
    """Visitor that tracks the scopes of functions and comprehensions."""

    def __init__(self, module: str, package: str) -> None:
        self.module = module
        self.package = package
        self.found = Uses()
        self.scopes: list[Scope] = []
        self.direct = True
        """True if names are bound in a class or module, not in a function."""

    def visit(self, node: ast.AST) -> None:
        method = _METHODS.get(type(node))
        if method is not None:
            method(self, node)
        else:
            self.children(node)

    def children(self, node: ast.AST) -> None:
        for name in FIELDS[type(node)]:
            value = getattr(node, name, None)
            if isinstance(value, list):
                self.all(value)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def all(self, nodes: Iterable[object]) -> None:
        for node in nodes:
            if isinstance(node, ast.AST):
                self.visit(node)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.all(node.decorator_list)
        self.arguments(node.args)
        self.annotation(node.returns)
        self.inside(_bound(node, self.package), node.body)

    def lambda_(self, node: ast.Lambda) -> None:
        self.arguments(node.args)
        self.inside(_bound(node, self.package), [node.body])

    def class_(self, node: ast.ClassDef) -> None:
        self.all([*node.decorator_list, *node.bases, *node.keywords])
        outside, self.direct = self.direct, True
        self.all(node.body)
        self.direct = outside

    def inside(self, scope: Scope, nodes: Iterable[ast.AST]) -> None:
        self.found.bound.update(scope)
        outside, self.direct = self.direct, False
        self.scopes.append(scope)
        self.all(nodes)
        self.scopes.pop()
        self.direct = outside

    def arguments(self, node: ast.arguments) -> None:
        self.all([*node.defaults, *node.kw_defaults])
        for argument in _arguments(node):
            self.annotation(argument.annotation)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        scope: Scope = {}
        for generator in node.generators:
            scope |= {name: [] for name in _stored(generator.target)}
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.inside(scope, [*parts, first.target, *first.ifs, *others])

    def annotated(self, node: ast.AnnAssign) -> None:
        self.visit(node.target)
        self.annotation(node.annotation)
        if node.value:
            self.visit(node.value)

    def annotation(self, node: ast.expr | None) -> None:
        """Visit an annotation. Strings inside it are annotations too."""
        if node is None:
            return
        self.visit(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    self.visit(ast.parse(part.value, mode="eval"))
                except SyntaxError:
                    continue

    def name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store) or self.scopes:
            self.use(node.id, ())

    def augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.use(node.target.id, ())
        self.children(node)

    def attribute(self, node: ast.Attribute) -> None:
        base, attributes = chain(node)
        self.found.reads_descriptions |= not SAYING.isdisjoint(attributes)
        if "import_module" in attributes:
            self.found.computed.add(Computed(node.lineno, ".*"))
        # An assignment to an attribute changes the object, so the whole object counts.
        whole = not isinstance(node.ctx, ast.Load)
        if isinstance(base, ast.Name):
            self.use(base.id, attributes[:-1] if whole else attributes)
        else:
            self.visit(base)

    def use(self, name: str, attributes: Attributes) -> None:
        for scope in reversed(self.scopes):
            if name in scope:
                self.found.imported.update((target, attributes) for target in scope[name])
                return
        self.found.reads_descriptions |= name == "TypeAdapter"
        self.found.names.add((name, attributes))
        if name in ("import_module", "__import__"):
            self.found.computed.add(Computed(0, ".*"))

    def if_(self, node: ast.If) -> None:
        """Visit an `if`, without the branch that only type checkers use."""
        if is_type_checking(node.test):
            self.all(node.orelse)
        else:
            self.children(node)

    def constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.texts.add(node.value)
            self.found.reads_descriptions |= node.value in SAYING

    def joined(self, node: ast.JoinedStr) -> None:
        self.all(value for value in node.values if isinstance(value, ast.FormattedValue))

    def call(self, node: ast.Call) -> None:
        base, attributes = chain(node.func)
        name = attributes[-1] if attributes else getattr(base, "id", "")
        if name not in ("import_module", "__import__"):
            self.children(node)
            return
        if isinstance(base, ast.Name):
            self.found.names.add((base.id, attributes))
        pattern = self.pattern(node.args[0]) if node.args else ".*"
        self.found.computed.add(Computed(node.lineno, pattern))
        self.all([*node.args, *node.keywords])

    def pattern(self, node: ast.expr) -> str:
        """Return a regular expression for the module names that an expression can evaluate to."""
        match node:
            case ast.Constant(value=str(text)):
                return re.escape(text)
            case ast.Name(id="__name__"):
                return re.escape(self.module)
            case ast.Name(id="__package__"):
                return re.escape(self.package)
            case ast.JoinedStr(values=values):
                return "".join(map(self.pattern, values))
            case ast.FormattedValue(value=ast.Name() as value):
                return self.pattern(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.pattern(left) + self.pattern(right)
            case _:
                return ".*"

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        for _, target, run in imports_of(node, self.package):
            self.found.modules.add(run)
            if self.direct:
                self.found.imported.add((target, ()))


_METHODS: dict[type, Callable[[_Visitor, Any], None]] = {
    ast.ClassDef: _Visitor.class_,
    ast.FunctionDef: _Visitor.function,
    ast.AsyncFunctionDef: _Visitor.function,
    ast.Lambda: _Visitor.lambda_,
    ast.ListComp: _Visitor.comprehension,
    ast.SetComp: _Visitor.comprehension,
    ast.DictComp: _Visitor.comprehension,
    ast.GeneratorExp: _Visitor.comprehension,
    ast.AnnAssign: _Visitor.annotated,
    ast.AugAssign: _Visitor.augmented,
    ast.If: _Visitor.if_,
    ast.Name: _Visitor.name,
    ast.Attribute: _Visitor.attribute,
    ast.Constant: _Visitor.constant,
    ast.JoinedStr: _Visitor.joined,
    ast.Call: _Visitor.call,
    ast.Import: _Visitor.import_,
    ast.ImportFrom: _Visitor.import_,
}


def _arguments(node: ast.arguments) -> list[ast.arg]:
    several = [node.vararg, node.kwarg]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *filter(None, several)]


def _bound(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, package: str) -> Scope:
    """Return the local names of a function."""
    scope: Scope = {argument.arg: [] for argument in _arguments(node.args)}
    elsewhere: set[str] = set()
    for part in own_parts(node.body if isinstance(node.body, list) else [node.body]):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            for name, target, _ in imports_of(part, package):
                scope.setdefault(name, []).append(target)
        elif isinstance(part, (ast.Global, ast.Nonlocal)):
            elsewhere.update(part.names)
        else:
            for name in binds(part):
                scope.setdefault(name, [])
    return {name: imports for name, imports in scope.items() if name not in elsewhere}


def _stored(target: ast.expr) -> list[str]:
    return [part.id for part in ast.walk(target) if isinstance(part, ast.Name)]
