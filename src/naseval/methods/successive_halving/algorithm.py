"""Successive halving (Jamieson and Talwalkar, AISTATS 2016) and Hyperband (Li et al., JMLR 2018).

All candidates of a bracket are trained for a few epochs, one of `factor` goes on to `factor` times
as many, and so on up to a whole training. A training continues: only added epochs are paid.
"""

from bisect import bisect_right

import numpy as np

from naseval.methods._trials import (
    LOOKUPS,
    Candidate,
    EvaluateEpochs,
    Need,
    SampledSpace,
)
from naseval.methods.successive_halving.settings import AlgorithmSettings as Settings

NEEDS: tuple[Need, ...] = ("accuracies", "fidelities")


def search(
    space: SampledSpace[Candidate],
    evaluate: EvaluateEpochs[Candidate],
    settings: Settings,
    rng: np.random.Generator,
) -> Candidate:
    """Return the best of the candidates that were trained to the end; of equal ones the first."""
    share = settings.trials * settings.epochs // settings.brackets
    finished: dict[Candidate, float] = {}
    for bracket in range(settings.brackets):
        rungs = rung_epochs(settings, bracket)
        start = _distinct(space, most_candidates(rungs, settings.factor, share), rng)
        finished |= _halved(start, rungs, settings.factor, evaluate)
    return max(finished, key=finished.__getitem__)


def rung_epochs(settings: Settings, bracket: int) -> list[int]:
    """Return the epochs after which a bracket compares its candidates; the last is the whole."""
    rungs = []
    epochs = settings.first * settings.factor**bracket
    while epochs < settings.epochs:
        rungs.append(epochs)
        epochs *= settings.factor
    return [*rungs, settings.epochs]


def bracket_cost(candidates: int, rungs: list[int], factor: int) -> int:
    """Return the epochs that a bracket of so many candidates trains in all."""
    cost, before = 0, 0
    for epochs in rungs:
        cost += candidates * (epochs - before)
        candidates, before = max(1, candidates // factor), epochs
    return cost


def most_candidates(rungs: list[int], factor: int, budget: int) -> int:
    """Return the most candidates with which a bracket costs at most `budget` epochs; at least 1."""
    numbers = range(1, budget // rungs[0] + 1)
    return max(1, bisect_right(numbers, budget, key=lambda n: bracket_cost(n, rungs, factor)))


def _distinct(
    space: SampledSpace[Candidate], number: int, rng: np.random.Generator
) -> list[Candidate]:
    """Draw `number` distinct candidates, or as many as the space has."""
    drawn: dict[Candidate, None] = {}
    for _ in range(LOOKUPS * number):
        drawn[space.sample(rng)] = None
        if len(drawn) == number:
            break
    return list(drawn)


def _halved(
    candidates: list[Candidate],
    rungs: list[int],
    factor: int,
    evaluate: EvaluateEpochs[Candidate],
) -> dict[Candidate, float]:
    """Return the accuracies of the candidates of a bracket that were trained to the end."""
    *before, whole = rungs
    for epochs in before:
        seen = {candidate: evaluate(candidate, epochs) for candidate in candidates}
        ranked = sorted(seen, key=lambda candidate: -seen[candidate])  # stable: ties by order
        candidates = ranked[: max(1, len(candidates) // factor)]
    return {candidate: evaluate(candidate, whole) for candidate in candidates}
