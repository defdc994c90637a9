"""Search methods: one module per method, named like it, with a function `search`."""

from importlib import import_module
from types import ModuleType

from naseval.discovery import module_names
from naseval.errors import NasevalError
from naseval.settings.base import SearchSettings


def method_names() -> list[str]:
    """Return the names of all methods."""
    return module_names(__name__, but=("base",))


def get_method(name: str) -> ModuleType:
    """Return the method's module, importing it (and torch) only now.

    Its `search(data, settings, *, seed, checkpoint)` returns a `SearchResult`.
    """
    if name not in method_names():
        raise NasevalError(f"there is no method {name!r}; known are {', '.join(method_names())}")
    return import_module(f"{__name__}.{name}")


def get_settings(name: str) -> type[SearchSettings]:
    """Return the class of the method's settings (no torch)."""
    settings: type[SearchSettings] = import_module(f"naseval.settings.{name}").Settings
    return settings
