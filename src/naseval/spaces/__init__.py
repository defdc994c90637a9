"""Search spaces: one folder per space, named like it.

`NAME/space.py` has the `SPACE` (without torch: operations, sampling, validity), `NAME/network.py`
the function `build`, which turns a genotype into the network that is trained.
"""

from importlib import import_module

from naseval.plugins import check_plugin, plugin_names
from naseval.spaces._cells import Space


def space_names() -> list[str]:
    """Return the names of all spaces."""
    return plugin_names("naseval.spaces")


def get_space(name: str) -> Space:
    """Return the space named; `NasevalError` lists the known ones."""
    check_plugin("naseval.spaces", "space", name)
    space: Space = import_module(f"naseval.spaces.{name}.space").SPACE
    return space
