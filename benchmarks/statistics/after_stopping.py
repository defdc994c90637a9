"""What judging pairs of methods as if their numbers of runs had been fixed costs after stopping."""

import itertools

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.false_verdicts import SPREADS, Codes, first_verdicts

from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import Contrast, Group, difference
from naseval.analysis.intervals import Values
from naseval.analysis.verdicts import Levels
from naseval.randomness import stream

STD = 0.6
TRUE = (0.0, 0.3, 0.5, 0.8)
"""By how many points both methods are better than the average architecture."""


def pairs_table(levels: dict[tuple[int, ...], Levels], trials: int) -> str:
    """Return how often two equal methods, each stopped by itself, are told apart, by the looks."""
    plans = {looks: ours for looks, ours in levels.items() if len(looks) > 1}
    shares = [[told_apart(*plan, true, trials) for plan in plans.items()] for true in TRUE]
    rows = [
        [f"{true:g}", *(f"{100 * share:.1f}" for share in found)]
        for true, found in zip(TRUE, shares, strict=True)
    ]
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / trials)
    return (
        f"Of {trials:,} pairs of methods that do not differ (± {error:.1f}), these per cent are "
        f"told apart by Welch's test at {LEVEL:g} of the runs that they stopped with; standard "
        f"deviation {STD}, one baseline:\n\n"
        f"{table(['better than the average by', *(f'most {looks[-1]}' for looks in plans)], rows)}"
    )


def told_apart(looks: tuple[int, ...], levels: Levels, true: float, trials: int) -> float:
    """Return the share of pairs of equal methods that Welch's test tells apart."""
    rng = stream("statistics", "pairs", *looks)
    random = rng.normal(0, STD, (trials, looks[-1]))
    searched = rng.normal(true, STD, (2, trials, looks[-1]))
    ended = [_ended(runs, random, looks, levels) for runs in searched]
    found = np.zeros(trials, dtype=bool)
    for left, right in itertools.product(range(len(looks)), repeat=2):
        here = (ended[0] == left) & (ended[1] == right)
        sides = zip(searched, (looks[left], looks[right]), strict=True)
        groups = [Group.of(runs[here, :n]) for runs, n in sides]
        found[here] = np.asarray(difference(*groups).difference_p()) < LEVEL
    return float(found.mean())


def _ended(searched: Values, random: Values, looks: tuple[int, ...], levels: Levels) -> Codes:
    """Return at which look, from 0, each cell stopped."""
    found = [difference(Group.of(searched[:, :n]), Group.of(random[:, :n])) for n in looks]
    parts = (np.stack(part) for part in zip(*found, strict=True))
    return first_verdicts(Contrast(*parts), SPREADS[STD], levels)[1]
