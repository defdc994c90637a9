"""Stopping as soon as a cell is decided: levels for repeated looks, and what they cost.

Runs are added in steps, and after each step a cell is judged. Judged at the usual level of 0.05, a
cell without any difference would be called better or worse far more often than in 5 % of cases,
since it has several chances. So both tests have a constant nominal level that simulation finds for
the looks that are planned. docs/statistics.md has the error rates.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import stats

from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import Contrast, Group, Numbers, difference
from naseval.analysis.verdicts import UNDECIDED, Levels, verdict
from naseval.errors import NasevalError
from naseval.randomness import stream

TRIALS = 50_000
RATIOS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5)
"""Standard deviations, as multiples of the margin, among which the worst case is looked for.

They are those for a first look of four runs on each side; see `worst_ratios`.
"""


class Decision(NamedTuple):
    """The verdict on a cell, the look (from 1) that gave it, and the repeated interval.

    An undecided cell has the last look's number.
    """

    verdict: str
    look: int
    low: float
    high: float


def decide(looks: Sequence[Contrast], margin: float, levels: Levels) -> Decision:
    """Judge a cell at its looks so far, in order; the first verdict stays.

    Later looks never change a verdict. The repeated interval has the confidence 1 minus the nominal
    level of Welch's test, so over all looks it holds the true difference with `CONFIDENCE`. Raise
    `NasevalError` if there is no look yet.
    """
    if not looks:
        raise NasevalError("a cell without runs cannot be judged; train its first runs")
    found = [_judged(look, margin, levels) for look in looks]
    last = next((at for at, one in enumerate(found) if one != UNDECIDED), len(looks) - 1)
    low, high = looks[last].interval(1 - levels.difference)
    return Decision(found[last], last + 1, float(low), float(high))


def _judged(look: Contrast, margin: float, levels: Levels) -> str:
    p = float(look.difference_p()), float(look.equivalence_p(margin))
    return verdict(float(look.value), *p, levels)


@cache
def nominal_levels(
    looks: tuple[int, ...], trials: int = TRIALS, random: tuple[int, ...] = ()
) -> Levels:
    """Return the levels at which false verdicts over all looks have a chance of at most `LEVEL`.

    `looks` has the number of searches at each look, and `random` that of random architectures; if
    it is empty, there are as many as searches. The levels are found by simulation of normal data
    with equal standard deviations. Without a difference, `better` or `worse` at any look is false.
    With a difference of just the margin, `equivalent` is; its level suffices for the worst of
    `worst_ratios`, and is at most `LEVEL`.
    """
    null = simulated(looks, trials, "levels", random)
    differs = float(np.quantile(np.min(null.difference_p(), axis=0), LEVEL))
    critical = stats.t.isf(differs / 2, null.freedom)
    ratios = worst_ratios(looks[0], (random or looks)[0])
    worst = min(_equivalence_level(at_difference(null, 1.0, std), critical) for std in ratios)
    return Levels(differs, min(worst, LEVEL))


def worst_ratios(searches: int, random: int) -> list[float]:
    """Return the `RATIOS` for a first look of so many runs, at which its standard error is equal.

    With more runs, only a larger spread leaves a cell undecided at the first looks.
    """
    error = np.sqrt(1 / searches + 1 / random)
    return [float(ratio * np.sqrt(1 / 2) / error) for ratio in RATIOS]


def _equivalence_level(found: Contrast, critical: Numbers) -> float:
    """Return the level for cells that differ by the margin, 1, as long as Welch's test is open."""
    undecided = np.abs(found.value) / found.error <= critical
    p = np.full(undecided.shape, np.inf)
    still = np.logical_and.accumulate(undecided, axis=0)
    p[still] = Contrast(*(np.asarray(part)[still] for part in found)).equivalence_p(1.0)
    return float(np.quantile(p.min(axis=0), LEVEL, method="lower"))


def simulated(
    looks: Sequence[int], trials: int, purpose: str = "cells", random: Sequence[int] = ()
) -> Contrast:
    """Simulate cells without a difference; return a contrast of arrays (looks, trials).

    Both sides are standard normal. The searched one has as many runs as `looks` say, the random one
    as many as `random` says, or as many as the other if it is empty. The draws depend only on
    `purpose` and these numbers.
    """
    sides = looks, random or looks
    rng = stream("sequential", purpose, *looks, *(random if tuple(random) != tuple(looks) else ()))
    drawn = [rng.normal(size=(trials, max(side))) for side in sides]
    found = [
        difference(*(Group.of(runs[:, :n]) for runs, n in zip(drawn, numbers, strict=True)))
        for numbers in zip(*sides, strict=True)
    ]
    return Contrast(*(np.stack(parts) for parts in zip(*found, strict=True)))


def at_difference(null: Contrast, true: float, std: float) -> Contrast:
    """Return simulated cells with the standard deviation `std` that differ by `true`."""
    return Contrast(true + std * null.value, std * null.error, null.freedom)
