"""Search methods: one folder per method, named like the method.

`NAME/settings.py` has the class `Settings` (without torch), `NAME/search.py` the function `search`,
which returns a `SearchResult`. `get_method`, `get_settings` and `method_names` find methods. A
folder also has the code that only its method needs. Shared modules and packages have a leading
underscore, e.g. `_candidates` for methods that train every candidate from scratch.

A method that only chooses candidates and has them evaluated has `NAME/algorithm.py` (without torch)
with `search(space, evaluate, settings, rng)`; see `_trials`. `get_algorithm` and `algorithm_names`
find these. Without a `search.py` it does not search on images.
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
    """The result of a search: the genotype found, and the rows of `schemas.HISTORY`."""

    genotype: Genotype
    history: list[dict[str, Any]]


def method_names() -> list[str]:
    """Return the names of all methods that search on images."""
    return _with_module("search.py")


def algorithm_names() -> list[str]:
    """Return the names of all methods that choose candidates and have them evaluated."""
    return _with_module("algorithm.py")


def _with_module(file: str) -> list[str]:
    folder = Path(__file__).parent
    return [
        name for name in plugin_names("naseval.methods") if folder.joinpath(name, file).exists()
    ]


def get_algorithm(name: str) -> ModuleType:
    """Import and return the method's module `algorithm`, without torch.

    Its `search(space, evaluate, settings, rng)` returns a candidate; `NEEDS` says what it needs.
    Raise `NasevalError` if there is no such method.
    """
    check_plugin("naseval.methods", "method", name)
    return import_module(f"naseval.methods.{name}.algorithm")


def get_method(name: str) -> ModuleType:
    """Import and return the method's module `search`, which needs torch.

    Its `search(data, settings, *, seed, loop)` returns a `SearchResult`. Raise `NasevalError` if
    there is no such method.
    """
    check_plugin("naseval.methods", "method", name)
    return import_module(f"naseval.methods.{name}.search")


def describe_method(name: str) -> str:
    """Return the first line of the docstring of a method's `search` module, without importing it.

    Only planning calls this function, not jobs, because the code digest ignores docstrings.
    """
    source = Path(__file__).parent.joinpath(name, "search.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def get_settings(name: str) -> type[SearchSettings]:
    """Return the class of the method's settings, without torch."""
    settings: type[SearchSettings] = import_module(f"naseval.methods.{name}.settings").Settings
    return settings
