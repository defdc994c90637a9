"""Local search (White et al., UAI 2021) by first improvement, with random restarts."""

from contextlib import suppress

import numpy as np

from naseval.methods._trials import Candidate, Evaluate, Need, SearchSpace, Spent, Trials
from naseval.methods.local_search.settings import AlgorithmSettings as Settings

NEEDS: tuple[Need, ...] = ("accuracies", "neighbours")


def search(
    space: SearchSpace[Candidate],
    evaluate: Evaluate[Candidate],
    settings: Settings,
    rng: np.random.Generator,
) -> Candidate:
    """Return the best of `trials` candidates on climbs from random starts.

    The neighbours are evaluated in random order, and the first better one is the next place. Where
    none is better, the climb begins again from a random candidate.
    """
    trials = Trials(evaluate, settings.trials)
    with suppress(Spent):
        while True:
            _climb(space, trials, rng)
    return trials.best()


def _climb(
    space: SearchSpace[Candidate], trials: Trials[Candidate], rng: np.random.Generator
) -> None:
    place: Candidate | None = space.sample(rng)
    while place is not None:
        place = _better(space, trials, place, rng)


def _better(
    space: SearchSpace[Candidate],
    trials: Trials[Candidate],
    place: Candidate,
    rng: np.random.Generator,
) -> Candidate | None:
    """Return the first neighbour, in random order, that is better than `place`, if there is one."""
    here, neighbours = trials(place), space.neighbours(place)
    order = (neighbours[index] for index in rng.permutation(len(neighbours)).tolist())
    return next((neighbour for neighbour in order if trials(neighbour) > here), None)
