"""Search methods: one folder per method, named like it.

`NAME/settings.py` has the class `Settings` (without torch), `NAME/search.py` the function `search`.
The folder also has everything else that only this method needs. Modules and packages that several
methods share have a leading underscore, e.g. `_candidates` for methods that train every candidate
from scratch.
"""

import ast
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from naseval.genotype import Genotype
from naseval.plugins import check_plugin, plugin_names
from naseval.settings.base import SearchSettings


@dataclass(frozen=True)
class SearchResult:
    """What every search returns: the genotype found, and the rows of `schemas.HISTORY`."""

    genotype: Genotype
    history: list[dict[str, Any]]


def method_names() -> list[str]:
    """Return the names of all methods."""
    return plugin_names("naseval.methods")


def get_method(name: str) -> ModuleType:
    """Return the method's module `search`, importing it (and torch) only now.

    Its `search(data, settings, *, seed, loop)` returns a `SearchResult`. Raises
    `NasevalError` where there is no such method.
    """
    check_plugin("naseval.methods", "method", name)
    return import_module(f"naseval.methods.{name}.search")


def describe_method(name: str) -> str:
    """Return the first line of the docstring of a method's `search`, which is not imported.

    Planning calls it, no job: a digest of code leaves docstrings out.
    """
    source = Path(__file__).parent.joinpath(name, "search.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def get_settings(name: str) -> type[SearchSettings]:
    """Return the class of the method's settings (no torch)."""
    settings: type[SearchSettings] = import_module(f"naseval.methods.{name}.settings").Settings
    return settings
