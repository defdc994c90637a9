"""What a package holds: methods, spaces and studies are found by their file names."""

import pkgutil
from collections.abc import Collection
from importlib import import_module


def module_names(package: str, but: Collection[str] = ()) -> list[str]:
    """Return the names of the package's modules, sorted, without the helpers in `but`."""
    path = import_module(package).__path__
    return sorted(module.name for module in pkgutil.iter_modules(path) if module.name not in but)
