"""What a search space can do."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from naseval.genotype import Genotype


class Space(Protocol):
    """A set of genotypes that can be sampled uniformly."""

    name: str
    operations: tuple[str, ...]
    samplers: tuple[str, ...]
    """Names of the ways to sample; the first is the default."""
    network_options: Mapping[str, Any]
    """What a protocol's `network` may set for this space's networks, with the defaults."""

    def sample(self, rng: np.random.Generator, sampler: str | None = None) -> Genotype:
        """Draw one genotype."""

    def validate(self, genotype: Genotype) -> None:
        """Raise `GenotypeError`, saying where, unless the genotype lies in the space."""
