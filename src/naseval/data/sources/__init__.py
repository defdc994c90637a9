"""Sources of images: `NAME.py` reads a source, and `NAME.yaml` has its facts.

A hyphen in the name of a source is an underscore in its file names. `get_source` and `source_names`
are the public functions, and `check_classes`.
"""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from naseval.errors import NasevalError
from naseval.plugins import plugin_names


def source_names() -> list[str]:
    """Return the names of all sources."""
    return [module.replace("_", "-") for module in plugin_names("naseval.data.sources")]


def check_classes(dataset: str, found: Sequence[str], configured: int) -> None:
    """Raise `NasevalError` unless the classes found in the data of a dataset are so many."""
    if len(found) != configured:
        shown = ", ".join(found[:5]) + (", …" if len(found) > 5 else "")
        mend = (
            f"set it to {len(found)}, or correct the images"
            if len(found) > 1
            else "put the images of each class into a folder of its own"
        )
        raise NasevalError(
            f"config key datasets.{dataset}.classes is {configured}, but the images have "
            f"{len(found)} class{'es' * (len(found) != 1)} ({shown}); {mend}"
        )


def get_source(name: str) -> ModuleType:
    """Return the source's module. Raise `NasevalError` if there is no such source.

    The module's `read(archives, image_size, images)` returns a
    `naseval.data.sources._source.Source`. `archives` is the folder of verified archives,
    `image_size` the side of the network's input in pixels, and `images` the requested kind, `small`
    or `large`.
    """
    if name not in source_names():
        raise NasevalError(f"there is no source {name!r}; known are {', '.join(source_names())}")
    return import_module(f"naseval.data.sources.{name.replace('-', '_')}")
