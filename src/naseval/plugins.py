"""Methods, spaces, studies, sources and fixed networks are found by their file names.

There is no list to add to: a new file, or a new folder, is a new plug-in of its package.
"""

import pkgutil
from importlib import import_module

from naseval.errors import NasevalError


def plugin_names(package: str) -> list[str]:
    """Return the names of a package's plug-ins, sorted.

    A plug-in is a module or a subpackage whose name has no leading underscore.

    Parameters
    ----------
    package : str
        Full name, e.g. `naseval.methods`. Its `__init__` is imported, its plug-ins are not.

    """
    path = import_module(package).__path__
    return sorted(part.name for part in pkgutil.iter_modules(path) if not part.name.startswith("_"))


def check_plugin(package: str, kind: str, name: str) -> None:
    """Raise `NasevalError`, listing those there are, where a package has no plug-in `name`."""
    known = plugin_names(package)
    if name not in known:
        raise NasevalError(f"there is no {kind} {name!r}; known are {', '.join(known)}")
