"""Two methods with one baseline: what is lost if its runs are resampled for each separately."""

from collections.abc import Callable
from functools import partial

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.populations import MEAN

from naseval.analysis.cells import Cell, resampled_improvements
from naseval.analysis.contrasts import Group, improvement_difference
from naseval.analysis.intervals import CONFIDENCE, Values
from naseval.randomness import stream

RUNS = 8
SEARCHED_STD, RANDOM_STD = 0.23, 0.29
"""With them the relative improvements of two methods correlate by 0.61."""
DIFFERENCE = 0.25
NESTED = (4, 16)
"""Random runs of two methods, of which one stopped early."""
RESAMPLES = 999
Interval = Callable[[Values, Values, Values], tuple[Values, Values]]


def welch_delta(left: Values, right: Values, random: Values, shared: bool) -> tuple[Values, Values]:
    """Return the intervals of the differences of two relative improvements."""
    sides = [(Group.of(searched), Group.of(random)) for searched in (left, right)]
    return improvement_difference(*sides, shared=shared).interval()


def resampled(left: Values, right: Values, random: Values, jointly: bool) -> tuple[Values, Values]:
    """Return both methods' relative improvements of resampled runs, (trials, `RESAMPLES`)."""
    rng = stream("statistics", "shared")
    searched = [_means(runs, rng) for runs in (left, right)]
    baseline = _means(random, rng)
    other = baseline if jointly else _means(random, rng)
    return 100 * (searched[0] / baseline - 1), 100 * (searched[1] / other - 1)


def percentile(left: Values, right: Values, random: Values, jointly: bool) -> tuple[Values, Values]:
    """Return the percentile intervals of the differences of two relative improvements."""
    first, second = resampled(left, right, random, jointly)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(first - second, [tail, 1 - tail], axis=-1)
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
    """Return the table of intervals, and a sentence on the resampled relative improvements."""
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
        f"{table(['interval', 'holds the difference of RI, %', 'width, %'], rows)}\n\n"
        f"Resampled RIs of both methods correlate by {_correlation(left, right, random, True):.2f} "
        "if the baseline is resampled jointly, and by "
        f"{_correlation(left, right, random, False):.2f} if separately. In the median sample the "
        f"better method is above in {_above(left, right, random, True):.2f} of joint resamples, "
        f"and in {_above(left, right, random, False):.2f} of separate ones.\n\n{_nested(trials)}"
    )


def _nested(trials: int) -> str:
    """Return a sentence on methods of which one has more random runs than the other."""
    rng = stream("statistics", "nested baselines")
    random = rng.normal(MEAN, RANDOM_STD, (trials, NESTED[-1]))
    searched = rng.normal(MEAN, SEARCHED_STD, (2, trials, RUNS))
    means = [random[:, :n].mean(axis=1) for n in NESTED]
    true = np.corrcoef(searched.mean(axis=2) / means)[0, 1]
    found = []
    for trial in range(trials // 20):
        known = [
            Cell(
                "d", str(n), "last", True, searched[place, trial], random[trial, :n],
                ("d", "s", "p", *map(str, range(n))), RUNS, n,
            )
            for place, n in enumerate(NESTED)
        ]  # fmt: skip
        found.append(np.corrcoef(resampled_improvements(known).T)[0, 1])
    return (
        f"If one method has {NESTED[0]} random runs and the other these and "
        f"{NESTED[1] - NESTED[0]} more, their RIs correlate by {true:.2f}, and resampled ones by "
        f"{np.mean(found):.2f} on average."
    )


def _correlation(left: Values, right: Values, random: Values, jointly: bool) -> float:
    """Return the mean correlation over samples."""
    pairs = zip(*resampled(left, right, random, jointly), strict=True)
    return float(np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]))


def _above(left: Values, right: Values, random: Values, jointly: bool) -> float:
    first, second = resampled(left, right, random, jointly)
    return float(np.median((first > second).mean(axis=-1)))
