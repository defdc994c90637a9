"""Intervals of the relative improvement, for many samples at once: (trials, runs) on each side."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import stats

from naseval.analysis.contrasts import Group, improvement
from naseval.analysis.intervals import CONFIDENCE, Values
from naseval.randomness import stream

RESAMPLES = 999
Interval = Callable[[Values, Values], tuple[Values, Values]]


def percent_above(searched: Values, random: Values, axis: int = -1) -> Values:
    """Return the relative improvement in per cent."""
    return 100 * (searched.mean(axis=axis) / random.mean(axis=axis) - 1)


def welch_delta(searched: Values, random: Values) -> tuple[Values, Values]:
    """Return the interval of `naseval.analysis.contrasts.improvement`."""
    return improvement(Group.of(searched), Group.of(random)).interval()


def percentile(searched: Values, random: Values) -> tuple[Values, Values]:
    """Return the percentile bootstrap interval."""
    return _scipys("percentile", searched, random)


def bca(searched: Values, random: Values) -> tuple[Values, Values]:
    """Return the bias-corrected accelerated bootstrap interval."""
    return _scipys("BCa", searched, random)


def studentised(searched: Values, random: Values) -> tuple[Values, Values]:
    """Return the studentised (bootstrap-t) interval with the delta method's standard error."""
    found = improvement(Group.of(searched), Group.of(random))
    rng = stream("statistics", "studentised")
    again = improvement(_resampled(searched, rng), _resampled(random, rng))
    ratios = (again.value - found.value[:, None]) / again.error
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(ratios, [1 - tail, tail], axis=-1)
    return found.value - low * found.error, found.value - high * found.error


def _resampled(samples: Values, rng: np.random.Generator) -> Group:
    """Return the groups of resampled runs, (trials, `RESAMPLES`), drawn alike in all trials."""
    n = samples.shape[-1]
    counts = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).T / n
    means = samples.mean(axis=-1, keepdims=True)
    shifts = (samples - means) @ counts
    variances = np.maximum(((samples - means) ** 2) @ counts - shifts**2, 0) * n / (n - 1)
    return Group(n, means + shifts, np.sqrt(variances))


def _scipys(method: str, searched: Values, random: Values) -> tuple[Values, Values]:
    interval = stats.bootstrap(
        (searched, random),
        percent_above,
        axis=-1,
        method=method,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        rng=stream("statistics", method),
    ).confidence_interval
    return interval.low, interval.high


class Candidate(NamedTuple):
    """An interval, the fewest runs for which it is defined, and how often it is tried."""

    interval: Interval
    fewest: int
    trials: int


def candidates(trials: int) -> dict[str, Candidate]:
    """Return the candidates by name; `trials` are those of a bootstrap, which is slow."""
    return {
        "Welch–delta": Candidate(welch_delta, 4, 10 * trials),
        "percentile": Candidate(percentile, 4, trials),
        "BCa": Candidate(bca, 8, trials),
        "studentised": Candidate(studentised, 8, trials),
    }
