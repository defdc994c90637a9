"""Zero-cost ranking (Abdelfattah et al., ICLR 2021): the highest score of untrained candidates."""

import numpy as np

from naseval.methods._trials import Candidate, Evaluate, Need, SampledSpace, best_of_random
from naseval.methods.zero_cost.settings import AlgorithmSettings as Settings

NEEDS: tuple[Need, ...] = ("scores",)


def search(
    space: SampledSpace[Candidate],
    evaluate: Evaluate[Candidate],
    settings: Settings,
    rng: np.random.Generator,
) -> Candidate:
    """Return the candidate of the highest score among `samples` random ones; ties by order.

    `evaluate` is the score that the settings name.
    """
    return best_of_random(space, evaluate, settings.samples, rng)
