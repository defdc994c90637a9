"""The trials of a method that chooses candidates and has each of them evaluated. Without torch.

`NAME/algorithm.py` of such a method has `search(space, evaluate, settings, rng)`, which returns the
candidate it chose, and `NEEDS`, what the evaluation must offer. What a candidate is, and whether
`evaluate` trains it or looks it up, the algorithm does not know.
"""

from collections.abc import Hashable
from contextlib import suppress
from typing import Generic, Literal, Protocol, TypeVar

import numpy as np

Need = Literal["accuracies", "fidelities", "neighbours", "scores"]
"""What an algorithm may need: accuracies of trainings; accuracies after fewer epochs; neighbours
and mutations of candidates; scores that need no training.
"""

LOOKUPS = 1000
"""Lookups per trial after which a search ends, since it finds nothing new."""

Candidate = TypeVar("Candidate", bound=Hashable)
Drawn = TypeVar("Drawn", bound=Hashable, covariant=True)
Seen = TypeVar("Seen", bound=Hashable, contravariant=True)


class SampledSpace(Protocol[Drawn]):
    """A set of candidates that can be sampled."""

    def sample(self, rng: np.random.Generator, /) -> Drawn:
        """Draw a candidate."""


class SearchSpace(SampledSpace[Candidate], Protocol[Candidate]):
    """A set of candidates with neighbours; `spaces.NAME.neighbourhood` has those of genotypes."""

    def neighbours(self, candidate: Candidate, /) -> list[Candidate]:
        """Return the candidates that differ from `candidate` in one decision."""

    def mutate(self, candidate: Candidate, rng: np.random.Generator, /) -> Candidate:
        """Return a random neighbour of `candidate`."""


class Evaluate(Protocol[Seen]):
    """Return a number by which candidates are chosen; the higher, the better."""

    def __call__(self, candidate: Seen, /) -> float: ...


class EvaluateEpochs(Protocol[Seen]):
    """Return the accuracy of a candidate after so many epochs of one training."""

    def __call__(self, candidate: Seen, epochs: int, /) -> float: ...


class Spent(Exception):  # noqa: N818 - the normal end of a search
    """The trials of a search are used up."""


class Trials(Generic[Candidate]):
    """Evaluates candidates, each once, until `limit` distinct ones are evaluated.

    A candidate that was evaluated before costs nothing. A call raises `Spent` instead of evaluating
    one candidate more, or after `LOOKUPS` calls per trial, so that a search ends even where it
    finds nothing new.
    """

    def __init__(self, evaluate: Evaluate[Candidate], limit: int) -> None:
        self._evaluate, self._limit = evaluate, limit
        self._lookups = LOOKUPS * limit
        self._known: dict[Candidate, float] = {}

    def __call__(self, candidate: Candidate) -> float:
        """Return the value of a candidate."""
        self._lookups -= 1
        if self._lookups < 0:
            raise Spent
        if candidate not in self._known:
            if len(self._known) == self._limit:
                raise Spent
            self._known[candidate] = self._evaluate(candidate)
        return self._known[candidate]

    def best(self) -> Candidate:
        """Return the candidate of the highest value; of equal ones the first evaluated."""
        return max(self._known, key=self._known.__getitem__)


def best_of_random(
    space: SampledSpace[Candidate],
    evaluate: Evaluate[Candidate],
    number: int,
    rng: np.random.Generator,
) -> Candidate:
    """Return the best of `number` distinct random candidates; of equal ones the first drawn."""
    trials = Trials(evaluate, number)
    with suppress(Spent):
        while True:
            trials(space.sample(rng))
    return trials.best()
