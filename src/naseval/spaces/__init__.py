"""Search spaces: one folder per space, named like it.

`NAME/space.py` has the `SPACE` (without torch: operations, sampling, validity), `NAME/network.py`
the function `build`, which turns a genotype into the network that is trained.
"""

from importlib import import_module

from naseval.genotype import Genotype
from naseval.plugins import check_plugin, plugin_names
from naseval.randomness import stream
from naseval.spaces._cells import Space


def space_names() -> list[str]:
    """Return the names of all spaces."""
    return plugin_names("naseval.spaces")


def get_space(name: str) -> Space:
    """Return the space named; `NasevalError` lists the known ones."""
    check_plugin("naseval.spaces", "space", name)
    return import_module(f"naseval.spaces.{name}.space").SPACE


def sample(space: str, index: int, sampler: str | None = None) -> Genotype:
    """Return random architecture number `index` of a space, from 0.

    It depends on the space, the number and the sampler alone, and is the one that the pipeline
    calls `random-{index}`.

    Parameters
    ----------
    space : str
        One of `space_names()`.
    index : int
        Number of the architecture.
    sampler : str, optional
        One of the space's `samplers`; by default the first.

    Raises
    ------
    NasevalError
        If there is no such space or sampler.

    """
    return get_space(space).sample(stream("architecture", space, index), sampler)
