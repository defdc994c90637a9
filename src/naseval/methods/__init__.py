"""Search methods: one folder per method, named like it.

`NAME/settings.py` has the class `Settings` (without torch), `NAME/search.py` the function `search`;
whatever else only this method needs lies beside them. What several methods share has a leading
underscore.
"""

from importlib import import_module
from types import ModuleType

from naseval.plugins import check_plugin, plugin_names
from naseval.settings.base import SearchSettings


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


def get_settings(name: str) -> type[SearchSettings]:
    """Return the class of the method's settings (no torch)."""
    settings: type[SearchSettings] = import_module(f"naseval.methods.{name}.settings").Settings
    return settings
