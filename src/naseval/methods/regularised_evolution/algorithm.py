"""Regularised evolution (Real et al., AAAI 2019, algorithm 1): the oldest candidate dies.

The members of a tournament are drawn with replacement, as in the authors' program.
"""

from collections import deque
from contextlib import suppress

import numpy as np

from naseval.methods._trials import Candidate, Evaluate, Need, SearchSpace, Spent, Trials
from naseval.methods.regularised_evolution.settings import AlgorithmSettings as Settings

NEEDS: tuple[Need, ...] = ("accuracies", "neighbours")


def search(
    space: SearchSpace[Candidate],
    evaluate: Evaluate[Candidate],
    settings: Settings,
    rng: np.random.Generator,
) -> Candidate:
    """Return the best of all candidates of the evolution, alive or dead.

    A child that was evaluated before joins the population again at no cost.
    """
    trials = Trials(evaluate, settings.trials)
    alive: deque[tuple[float, Candidate]] = deque(maxlen=settings.population)
    with suppress(Spent):
        while len(alive) < settings.population:
            candidate = space.sample(rng)
            alive.append((trials(candidate), candidate))
        while True:
            tournament = rng.integers(settings.population, size=settings.sample).tolist()
            _, parent = max((alive[member] for member in tournament), key=lambda one: one[0])
            child = space.mutate(parent, rng)
            alive.append((trials(child), child))  # the oldest leaves
    return trials.best()
