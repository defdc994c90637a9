"""Random search: the best of k random candidates (Li and Talwalkar, UAI 2019, without sharing)."""

import numpy as np

from naseval.methods._trials import Candidate, Evaluate, Need, SampledSpace, best_of_random
from naseval.methods.random_search.settings import AlgorithmSettings as Settings

NEEDS: tuple[Need, ...] = ("accuracies",)


def search(
    space: SampledSpace[Candidate],
    evaluate: Evaluate[Candidate],
    settings: Settings,
    rng: np.random.Generator,
) -> Candidate:
    """Return the best of `trials` distinct random candidates; of equal ones the first drawn."""
    return best_of_random(space, evaluate, settings.trials, rng)
