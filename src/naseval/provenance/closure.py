"""The code that a job can reach from its script and the modules that its rule names."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from naseval.errors import NasevalError
from naseval.provenance.modules import ALL, EFFECTS, Module
from naseval.provenance.package import Definition, Package, Reached, Run, Target, Whole
from naseval.provenance.resources import Resources
from naseval.provenance.uses import Computed

GUARD = "code_digest"
"""The function that compares digests. It computes no result, so it is not followed."""


class Closure:
    """The definitions and files that a job can reach, and the modules that it imports."""

    def __init__(self, package: Package, resources: Resources) -> None:
        self.package = package
        self.resources = resources
        self.definitions: set[Definition] = set()
        self.imported: set[str] = set()
        self.whole: set[str] = set()
        self.named: set[str] = set()
        self._pending: list[Target] = []
        self._guard = Definition(f"{__package__}.digest", GUARD)

    def add_scripts(self, paths: Iterable[Path]) -> None:
        """Add scripts. All their statements count."""
        for path in paths:
            script = self.package.script(path)
            self._pending.append(Definition(script.name, ALL))
            self._import_of(script)

    def add_modules(self, names: Iterable[str]) -> None:
        """Add modules that the rule names. All their definitions count."""
        for name in names:
            self.package.module(name)
            self.named.add(name)
            self._pending += [Run(name), Whole(name)]

    def follow(self) -> None:
        """Follow all names. Raise `NasevalError` at a computed import that fits no named module."""
        while self._pending:
            while self._pending:
                self._visit(self._pending.pop())
            self._pending.extend(self._submodules())
        for definition in sorted(self.definitions):
            self._check(definition)

    def _visit(self, target: Target) -> None:
        match target:
            case Run(name):
                self._import(name)
            case Whole(name):
                self._take_whole(name)
            case Definition() if target not in self.definitions and target != self._guard:
                self.definitions.add(target)
                self._pending.extend(self.package.reached(target).targets)

    def _import(self, name: str) -> None:
        """Import a module: first its parent packages, then the modules that it imports."""
        parts = name.split(".")
        for part in (".".join(parts[: i + 1]) for i in range(len(parts))):
            if part not in self.imported:
                self.imported.add(part)
                self._import_of(self.package.module(part))

    def _import_of(self, module: Module) -> None:
        for target in module.runs:
            self._pending.extend(self.package.runs(target))
        if EFFECTS in module.statements:
            self._pending.append(Definition(module.name, EFFECTS))
        for name in module.statements:
            definition = Definition(module.name, name)
            if self.package.acts(definition):
                self._pending.append(definition)

    def _take_whole(self, name: str) -> None:
        """Add all definitions of a module and the names that it only re-exports."""
        if name in self.whole:
            return
        self.whole.add(name)
        self._import(name)
        module = self.package.module(name)
        self._pending.extend(Definition(name, one) for one in module.statements)
        if module.is_package:
            handed_on: set[str] = {*module.imports, *(module.stub or {})}
        else:
            used = {one for part in module.statements for one, _ in module.part(part).uses.names}
            handed_on = module.imports.keys() - used
        for one in handed_on - module.statements.keys():
            self._pending.extend(self.package.lookup(name, one))

    def _submodules(self) -> Iterator[Target]:
        """Yield the imported submodules of packages that count as a whole."""
        for name in self.imported:
            above = name.rpartition(".")[0]
            if above in self.whole - self.named and name not in self.whole:
                yield Whole(name)

    def _check(self, definition: Definition) -> None:
        reached = self.package.reached(definition)
        for computed in sorted(reached.computed):
            if not any(_fits(computed, name) for name in self.named):
                path = self.package.module(definition.module).path
                raise NasevalError(
                    f"{path}:{computed.line} ({definition.name}) imports a module by a computed "
                    f"name; name the modules that it can be in the rule's code"
                )

    def files(self) -> list[str]:
        """Return the files that the definitions name, relative to the package's folder."""
        texts: dict[str, set[str]] = {}
        for definition in self.definitions:
            literals = self.package.reached(definition).texts
            texts.setdefault(self._folder(definition.module), set()).update(literals)
        loaded = {
            self._folder(text, package=True)
            for literals in texts.values()
            for text in literals
            if text.split(".")[0] == self.package.name and self.package.path(text)
        }
        found = {
            file
            for folder, literals in texts.items()
            for file in self.resources.named(literals, [folder, *loaded, "."])
        }
        return sorted(self.resources.with_included(found, loaded))

    def _folder(self, name: str, package: bool = False) -> str:
        """Return the folder of a module's package, relative to the root folder."""
        if not name.startswith(f"{self.package.name}.") and name != self.package.name:
            return "."  # a script
        if not (package or self.package.module(name).is_package):
            name = name.rpartition(".")[0]
        return "/".join(name.split(".")[1:]) or "."

    def reached(self) -> Iterator[tuple[Definition, Reached]]:
        """Yield the definitions, sorted, each with its digest and targets."""
        for definition in sorted(self.definitions):
            yield definition, self.package.reached(definition)


def _fits(computed: Computed, name: str) -> bool:
    """Tell whether a computed import can import `name`, or a module of the package `name`.

    If a rule names a package but none of its modules, then none of these modules is imported.
    """
    inside = computed.pattern.startswith(re.escape(f"{name}."))
    return inside or re.fullmatch(computed.pattern, name) is not None
