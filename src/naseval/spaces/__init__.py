"""Search spaces, without torch: one module per space, named like it, with a `SPACE`."""

from importlib import import_module

from naseval.discovery import module_names
from naseval.errors import NasevalError
from naseval.spaces.base import Space


def get_space(name: str) -> Space:
    """Return the space named; `NasevalError` lists the known ones."""
    known = module_names(__name__, but=("base", "cells"))
    if name not in known:
        raise NasevalError(f"there is no space {name!r}; known are {', '.join(known)}")
    space: Space = import_module(f"{__name__}.{name}").SPACE
    return space
