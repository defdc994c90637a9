"""Sources of images: for each one a module `NAME.py` that reads it, and its facts, `NAME.yaml`.

In both names an underscore takes the place of a hyphen.
"""

from importlib import import_module
from types import ModuleType

from naseval.errors import NasevalError
from naseval.plugins import plugin_names


def source_names() -> list[str]:
    """Return the names of all sources."""
    return [module.replace("_", "-") for module in plugin_names("naseval.data.sources")]


def get_source(name: str) -> ModuleType:
    """Return the source's module; `NasevalError` lists the known ones.

    Its `read(archives, image_size, images)` returns a `naseval.data.sources._source.Source`:
    `archives` is the folder of verified archives, `image_size` the side of what the network
    sees, `images` the kind wanted, `small` or `large`.
    """
    if name not in source_names():
        raise NasevalError(f"there is no source {name!r}; known are {', '.join(source_names())}")
    return import_module(f"naseval.data.sources.{name.replace('-', '_')}")
