"""Initial weights that depend on the seed alone."""

from collections.abc import Callable
from typing import TypeVar

import torch

from naseval.randomness import torch_seed

T = TypeVar("T")


def initialised(build: Callable[[], T], seed: int) -> T:
    """Return what `build` builds (on the CPU) from the stream of initial weights of `seed`.

    torch's global CPU generator is left as it was found.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, "initialisation"))
        return build()
