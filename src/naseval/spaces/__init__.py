"""Search spaces: one folder per space, named like the space.

`NAME/space.py` has the object `SPACE` (operations, sampling, validation; without torch), and
`NAME/network.py` has the function `build`, which returns the evaluation network of a genotype.
`NAME/neighbourhood.py` has the object `NEIGHBOURHOOD`: neighbours and mutations, without torch.
`get_space`, `get_neighbourhood`, `space_names` and `sample` are the public functions.
"""

from importlib import import_module

from naseval.genotype import Genotype
from naseval.plugins import check_plugin, plugin_names
from naseval.randomness import stream
from naseval.spaces._cells import Space
from naseval.spaces._neighbourhood import Neighbourhood


def space_names() -> list[str]:
    """Return the names of all spaces."""
    return plugin_names("naseval.spaces")


def get_space(name: str) -> Space:
    """Return the space with this name. Raise `NasevalError` if there is none."""
    check_plugin("naseval.spaces", "space", name)
    return import_module(f"naseval.spaces.{name}.space").SPACE


def get_neighbourhood(name: str) -> Neighbourhood:
    """Return the neighbourhood of the space with this name. Raise `NasevalError` if there is none.

    It samples the space, and returns neighbours and mutations of its genotypes.
    """
    check_plugin("naseval.spaces", "space", name)
    found: Neighbourhood = import_module(f"naseval.spaces.{name}.neighbourhood").NEIGHBOURHOOD
    return found


def sample(space: str, index: int, sampler: str | None = None) -> Genotype:
    """Return random architecture number `index` of a space.

    It depends only on the space, the index and the sampler. The pipeline calls it `random-{index}`.

    Parameters
    ----------
    space : str
        One of `space_names()`.
    index : int
        Index of the architecture, from 0.
    sampler : str, optional
        One of the space's `samplers`; by default the first.

    Raises
    ------
    NasevalError
        If there is no such space or sampler.

    """
    return get_space(space).sample(stream("architecture", space, index), sampler)
