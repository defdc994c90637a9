"""What a job can reach: from its script and the modules that its rule names, by the names used."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from naseval.errors import NasevalError
from naseval.provenance.modules import ALL, EFFECTS, Module
from naseval.provenance.package import Definition, Package, Reached, Run, Target, Whole
from naseval.provenance.resources import Resources
from naseval.provenance.uses import Computed

GUARD = "code_digest"
"""What only compares digests computes no result: it is not followed, nor is what it reaches."""


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
        """Add scripts, which count whole."""
        for path in paths:
            script = self.package.script(path)
            self._pending.append(Definition(script.name, ALL))
            self._import_of(script)

    def add_modules(self, names: Iterable[str]) -> None:
        """Add modules that the rule names, which count whole."""
        for name in names:
            self.package.module(name)
            self.named.add(name)
            self._pending += [Run(name), Whole(name)]

    def follow(self) -> None:
        """Follow all names; raise `NasevalError` at a computed import that no name fits."""
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
        """Import a module: its packages first, and what it imports itself."""
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
        """Take every definition, and the imports that only hand names on."""
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
        """Yield the imported modules of packages that count whole: they are their attributes."""
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
        """Return the files of the package that the definitions name, relative to its folder."""
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
        """Return the folder of a module's package, relative to the root."""
        if not name.startswith(f"{self.package.name}.") and name != self.package.name:
            return "."  # a script
        if not (package or self.package.module(name).is_package):
            name = name.rpartition(".")[0]
        return "/".join(name.split(".")[1:]) or "."

    def reached(self) -> Iterator[tuple[Definition, Reached]]:
        """Yield the definitions in order, with what they are made of."""
        for definition in sorted(self.definitions):
            yield definition, self.package.reached(definition)


def _fits(computed: Computed, name: str) -> bool:
    """Tell whether an import can be of `name`, or of a module of the package `name`.

    A rule that names a package but none of its modules says that none of them is imported.
    """
    inside = computed.pattern.startswith(re.escape(f"{name}."))
    return inside or re.fullmatch(computed.pattern, name) is not None
