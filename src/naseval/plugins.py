"""Discovery of plug-ins: methods, spaces, studies, sources and fixed networks.

A plug-in is found by its file name. A new file or folder in the package is a new plug-in; there is
no registry.
"""

import pkgutil
from functools import cache
from importlib import import_module

from naseval.errors import NasevalError


def plugin_names(package: str) -> list[str]:
    """Return the names of a package's plug-ins, sorted.

    A plug-in is a module or a subpackage whose name has no leading underscore.

    Parameters
    ----------
    package : str
        Full name, e.g. `naseval.methods`. The package is imported, its plug-ins are not.

    """
    return list(_listed(package))


@cache
def _listed(package: str) -> tuple[str, ...]:
    parts = pkgutil.iter_modules(import_module(package).__path__)
    return tuple(sorted(part.name for part in parts if not part.name.startswith("_")))


def check_plugin(package: str, kind: str, name: str) -> None:
    """Raise `NasevalError`, with the known names, if a package has no plug-in `name`."""
    known = plugin_names(package)
    if name not in known:
        raise NasevalError(f"there is no {kind} {name!r}; known are {', '.join(known)}")
