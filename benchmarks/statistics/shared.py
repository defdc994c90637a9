"""Two methods with one baseline: what is lost if each is taken to have its own."""

from collections.abc import Callable
from functools import partial

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.populations import MEAN
from benchmarks.statistics.rivals import RESAMPLES

from naseval.analysis.contrasts import Group, improvement_difference
from naseval.analysis.intervals import CONFIDENCE, Values
from naseval.randomness import stream

RUNS = 8
SEARCHED_STD, RANDOM_STD = 0.23, 0.29
"""With them the relative improvements of two methods correlate by 0.61."""
DIFFERENCE = 0.25
Interval = Callable[[Values, Values, Values], tuple[Values, Values]]


def welch_delta(left: Values, right: Values, random: Values, shared: bool) -> tuple[Values, Values]:
    """Return the intervals of the differences of two relative improvements."""
    sides = [(Group.of(searched), Group.of(random)) for searched in (left, right)]
    return improvement_difference(*sides, shared=shared).interval()


def percentile(left: Values, right: Values, random: Values, jointly: bool) -> tuple[Values, Values]:
    """Return the percentile intervals of the differences of two relative improvements."""
    rng = stream("statistics", "shared")
    searched = [_means(runs, rng) for runs in (left, right)]
    baseline = _means(random, rng)
    other = baseline if jointly else _means(random, rng)
    differences = 100 * (searched[0] / baseline - searched[1] / other)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(differences, [tail, 1 - tail], axis=-1)
    return low, high


def _means(samples: Values, rng: np.random.Generator) -> Values:
    n = samples.shape[-1]
    return np.asarray(samples @ (rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).T / n))


INTERVALS: dict[str, Interval] = {
    "Welch–delta, one baseline": partial(welch_delta, shared=True),
    "percentile, resampled jointly": partial(percentile, jointly=True),
    "Welch–delta, as if each had its own": partial(welch_delta, shared=False),
    "percentile, resampled separately": partial(percentile, jointly=False),
}


def shared_table(trials: int) -> str:
    """Return the table of intervals."""
    rng = stream("statistics", "shared data")
    left, right, random = (
        rng.normal(MEAN + shift, std, (trials, RUNS))
        for shift, std in ((DIFFERENCE, SEARCHED_STD), (0, SEARCHED_STD), (0, RANDOM_STD))
    )
    true = 100 * DIFFERENCE / MEAN
    rows = []
    for name, interval in INTERVALS.items():
        low, high = interval(left, right, random)
        held = ((low <= true) & (true <= high)).mean()
        error = np.sqrt(held * (1 - held) / trials)
        rows.append([name, f"{100 * held:.1f} ± {100 * error:.1f}", f"{(high - low).mean():.3f}"])
    return (
        f"Normal data, {RUNS} runs each, {trials:,} samples: one method {DIFFERENCE} points "
        f"better, standard deviation {SEARCHED_STD} of searched and {RANDOM_STD} of random "
        "accuracies.\n\n"
        f"{table(['interval', 'holds the difference of RI, %', 'width, %'], rows)}"
    )
