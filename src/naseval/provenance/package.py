"""The modules of a package, and the meaning of the names in them."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from naseval.errors import NasevalError
from naseval.provenance.modules import Module, has_effects, inner, status
from naseval.provenance.tree import Attributes, Import, chain
from naseval.provenance.uses import NEVER_FOLLOWED, Computed

PURE = frozenset(
    {
        "abc.abstractmethod",
        "classmethod",
        "contextlib.asynccontextmanager",
        "contextlib.contextmanager",
        "dataclasses.dataclass",
        "enum.unique",
        "functools.cache",
        "functools.cached_property",
        "functools.lru_cache",
        "functools.singledispatch",
        "functools.total_ordering",
        "functools.wraps",
        "property",
        "pydantic.computed_field",
        "pydantic.field_serializer",
        "pydantic.field_validator",
        "pydantic.model_serializer",
        "pydantic.model_validator",
        "staticmethod",
        "torch.enable_grad",
        "torch.inference_mode",
        "torch.no_grad",
        "typing.final",
        "typing.no_type_check",
        "typing.overload",
        "typing.override",
        "typing.runtime_checkable",
    }
)
"""Decorators without effects beyond the definition that they decorate."""
ACCESSORS = ("setter", "getter", "deleter")
HOOKS = ("__init_subclass__", "__pydantic_init_subclass__")


@dataclass(frozen=True, order=True, slots=True)
class Definition:
    """A name that a module of the package defines."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A module object, of which any name may be used."""

    module: str

    def __str__(self) -> str:
        return self.module


@dataclass(frozen=True, slots=True)
class Run:
    """The import of a module."""

    module: str

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Library:
    """A name of another package."""

    name: str

    def __str__(self) -> str:
        return self.name


Target = Definition | Whole | Run | Library


@dataclass(frozen=True)
class Reached:
    """The digest of a definition, and everything that it refers to directly."""

    digest: str
    targets: tuple[Target, ...]
    texts: frozenset[str]
    """Literals that may name files or packages."""
    computed: frozenset[Computed]
    descriptions: tuple[str, ...]
    reads_descriptions: bool


@dataclass
class Package:
    """The package in the folder `root`. Modules are read when they are first needed."""

    root: Path
    _paths: dict[str, Path | None] = field(default_factory=dict)
    _modules: dict[str, Module | None] = field(default_factory=dict)
    _reached: dict[Definition, Reached] = field(default_factory=dict)
    _found: dict[tuple[str, str], tuple[Target, ...]] = field(default_factory=dict)
    _acts: dict[Definition, bool] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """Name of the package, `naseval`."""
        return self.root.name

    def find(self, name: str) -> Module | None:
        """Return a module of this package, or None if there is no such module."""
        if name not in self._modules:
            path = self.path(name)
            self._modules[name] = Module.read(name, path) if path else None
        return self._modules[name]

    def module(self, name: str) -> Module:
        """Return a module of this package. Raise `NasevalError` if there is no such module."""
        found = self.find(name)
        if found is None:
            raise NasevalError(f"there is no module {name} under {self.root}")
        return found

    def path(self, name: str) -> Path | None:
        """Return the file of a module, or None if this package has no such module."""
        if name not in self._paths:
            self._paths[name] = self._look_for(name)
        return self._paths[name]

    def _look_for(self, name: str) -> Path | None:
        first, *parts = name.split(".")
        if first != self.name:
            return None
        place = self.root.joinpath(*parts)
        candidates = (place / "__init__.py", place.with_name(f"{place.name}.py"))
        return next((path for path in candidates if path.is_file()), None)

    def script(self, path: Path) -> Module:
        """Return a script as a module. Its name is the file name."""
        known = self._modules.get(path.name)
        if known is None or (known.path, known.status) != (path, status(path)):
            known = Module.read_script(path)
            self._modules[path.name] = known
            self._forget(path.name)
        return known

    def _forget(self, script: str) -> None:
        self._reached = {key: one for key, one in self._reached.items() if key.module != script}
        self._acts = {key: one for key, one in self._acts.items() if key.module != script}
        self._found = {key: one for key, one in self._found.items() if key[0] != script}

    def refresh(self) -> None:
        """Forget the files that changed since they were read, and everything derived from them."""
        changed = [
            name
            for name, module in self._modules.items()
            if module is not None and module.status != status(module.path)
        ]
        for name in changed:
            del self._modules[name]
        if changed:
            for known in (self._reached, self._found, self._acts):
                known.clear()

    def reached(self, definition: Definition) -> Reached:
        """Return the digest of a definition and everything that it refers to directly."""
        if definition not in self._reached:
            self._reached[definition] = self._reach(definition)
        return self._reached[definition]

    def _reach(self, definition: Definition) -> Reached:
        module = self.module(definition.module)
        text, used = module.part(definition.name)
        names = {
            ".".join([name, *attributes]): self._global(module, name, attributes)
            for name, attributes in used.names
        }
        for target, attributes in used.imported:
            label = ".".join(filter(None, [*target, *attributes]))
            names[f"import {label}"] = tuple(self._follow(self.imported(target), attributes))
        runs = tuple(run for one in used.modules for run in self.runs(one))
        resolved = [f"{name} = {_said(targets)}" for name, targets in sorted(names.items())]
        digest = hashlib.sha256("\n".join([text.text, str(module.futures), *resolved]).encode())
        return Reached(
            digest.hexdigest(),
            tuple(dict.fromkeys([*(one for found in names.values() for one in found), *runs])),
            frozenset(used.texts),
            frozenset(used.computed),
            text.descriptions,
            used.reads_descriptions,
        )

    def _global(self, module: Module, name: str, attributes: Attributes) -> tuple[Target, ...]:
        known = name in module.statements or name in module.imports
        if not known and not (module.is_package and self.path(f"{module.name}.{name}")):
            return ()
        return tuple(self._follow(self.lookup(module.name, name), attributes))

    def lookup(self, module: str, name: str) -> tuple[Target, ...]:
        """Return the definitions of a module's attribute."""
        key = (module, name)
        if key not in self._found:
            self._found[key] = ()  # ends the recursion in circular imports
            self._found[key] = tuple(dict.fromkeys(self._look(self.module(module), name)))
        return self._found[key]

    def _look(self, module: Module, name: str) -> Iterator[Target]:
        bound = name in module.statements or name in module.imports
        if name in module.statements:
            yield Definition(module.name, name)
        for target in module.imports.get(name, ()):
            yield from self.imported(target)
        if bound:
            return
        lazy = (module.stub or {}).get(name)
        if lazy is not None and lazy != Import(module.name, name):
            yield from self.runs(lazy)
            yield from self.imported(lazy)
        elif self.path(f"{module.name}.{name}"):
            yield from (Run(f"{module.name}.{name}"), Whole(f"{module.name}.{name}"))
        elif "__getattr__" in module.statements and module.stub is None:
            yield Definition(module.name, "__getattr__")
        elif name not in NEVER_FOLLOWED:
            yield Whole(module.name)

    def imported(self, target: Import) -> Iterable[Target]:
        """Return what an import binds to a name."""
        if self.path(target.module) is None:
            if target.module.split(".")[0] == self.name:
                raise NasevalError(f"{target.module} is imported but does not exist")
            return [Library(".".join(filter(None, target)))]
        if target.name is None:
            return [Whole(target.module)]
        return self.lookup(target.module, target.name)

    def runs(self, target: Import) -> Iterator[Run]:
        """Yield the modules of this package that an import runs, without their parent packages."""
        if self.path(target.module) is None:
            return
        yield Run(target.module)
        submodule = f"{target.module}.{target.name}"
        if target.name and self.path(submodule):
            yield Run(submodule)

    def _follow(self, targets: Iterable[Target], attributes: Attributes) -> Iterator[Target]:
        """Resolve attributes through modules as far as possible."""
        for target in targets:
            if isinstance(target, Whole) and attributes:
                found = self.lookup(target.module, attributes[0])
                yield from self._follow(found, attributes[1:])
            else:
                yield target

    def acts(self, definition: Definition) -> bool:
        """Tell whether defining a function or class has side effects."""
        if definition not in self._acts:
            self._acts[definition] = False  # ends the recursion in circular base classes
            module = self.module(definition.module)
            statements = module.statements.get(definition.name, [])
            self._acts[definition] = any(self._acts_on(module, one) for one in statements)
        return self._acts[definition]

    def _acts_on(self, module: Module, node: ast.stmt) -> bool:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return not all(self._is_pure(module, one) for one in node.decorator_list)
            case ast.ClassDef():
                return (
                    not all(self._is_pure(module, one) for one in node.decorator_list)
                    or bool(node.keywords)
                    or any(self._hooks(module, base) for base in node.bases)
                    or any(has_effects(one) or self._acts_on(module, one) for one in node.body)
                )
            case _:
                return any(self._acts_on(module, one) for one in inner(node))

    def _is_pure(self, module: Module, decorator: ast.expr) -> bool:
        decorator = _called(decorator)
        if isinstance(decorator, ast.Attribute) and decorator.attr in ACCESSORS:
            return True
        if module.dotted(decorator) in PURE:
            return True
        return all(
            isinstance(target, Definition) and self._only_wraps(target)
            for target in self._targets(module, decorator) or (Library(""),)
        )

    def _only_wraps(self, definition: Definition) -> bool:
        """Tell whether a decorator only returns a function that it defines."""
        module = self.module(definition.module)
        match module.statements.get(definition.name):
            case [ast.FunctionDef(body=body, decorator_list=[])]:
                return all(self._is_part_of_wrapping(module, one) for one in body)
            case _:
                return False

    def _is_part_of_wrapping(self, module: Module, node: ast.stmt) -> bool:
        match node:
            case ast.FunctionDef(decorator_list=decorators):
                return all(module.dotted(_called(one)) in PURE for one in decorators)
            case ast.Return(value=ast.Name()) | ast.Expr(value=ast.Constant()):
                return True
            case _:
                return False

    def _hooks(self, module: Module, base: ast.expr) -> bool:
        """Tell whether a base class of this package changes the classes that inherit from it."""
        return any(
            isinstance(target, Definition) and self._has_hooks(target)
            for target in self._targets(module, base)
        )

    def _has_hooks(self, definition: Definition) -> bool:
        module = self.module(definition.module)
        for node in module.statements.get(definition.name, []):
            if not isinstance(node, ast.ClassDef):
                return True
            if any(isinstance(one, ast.FunctionDef) and one.name in HOOKS for one in node.body):
                return True
            if node.keywords or any(self._hooks(module, base) for base in node.bases):
                return True
        return False

    def _targets(self, module: Module, node: ast.expr) -> tuple[Target, ...]:
        if isinstance(node, ast.Subscript):
            node = node.value
        base, attributes = chain(node)
        if isinstance(base, ast.Name):
            return self._global(module, base.id, attributes)
        return ()


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _said(targets: Iterable[Target]) -> str:
    return ", ".join(sorted(filter(None, map(str, targets))))
