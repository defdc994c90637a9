"""How often intervals of the relative improvement hold the truth."""

from typing import NamedTuple

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.populations import Population
from benchmarks.statistics.rivals import Interval, candidates

from naseval.analysis.intervals import Values
from naseval.analysis.tails import has_lower_tail
from naseval.randomness import stream

SIZES = (4, 8, 16)
AT_LEAST = 0.94
AT_ONCE = 250


class Coverage(NamedTuple):
    """Shares of trials: truth held, truth above the interval, truth below it; and mean width."""

    held: float
    above: float
    below: float
    width: float


def coverage(interval: Interval, population: Population, n: int, trials: int) -> Coverage:
    """Simulate `trials` samples of `n` runs on each side."""
    rng = stream("statistics", "coverage", population.name, n)
    parts = [_trials(interval, population, n, rng) for _ in range(trials // AT_ONCE)]
    lows, highs = np.concatenate(parts, axis=1)
    true = population.improvement
    above, below = float((highs < true).mean()), float((lows > true).mean())
    return Coverage(1 - above - below, above, below, float((highs - lows).mean()))


def _trials(interval: Interval, population: Population, n: int, rng: np.random.Generator) -> Values:
    searched, random = population.searched(rng, (AT_ONCE, n)), population.random(rng, (AT_ONCE, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array(interval(searched, random))


def coverage_table(populations: list[Population], trials: int) -> str:
    """Return the table of all candidates, and which of them the rule chooses."""
    tried = candidates(trials)
    found = {
        (name, population.name, n): coverage(one.interval, population, n, one.trials)
        for name, one in tried.items()
        for population in populations
        for n in SIZES
        if n >= one.fewest
    }
    rows = [
        [population.name, str(n)]
        + [_cell(found.get((name, population.name, n)), one.trials) for name, one in tried.items()]
        for population in populations
        for n in SIZES
    ]
    in_rule = {population.name for population in populations if population.in_rule}
    return (
        f"How often a 95 % interval holds the true RI, in % of {trials:,} samples ({10 * trials:,} "
        "for Welch–delta), ± one Monte Carlo standard error; in brackets how often RI lies above "
        "and below the interval, in %; and the mean width in % of RI.\n\n"
        f"{table(['data', 'n', *tried], rows)}\n\n"
        f"{_chosen(found, in_rule, SIZES)} {_chosen(found, in_rule, SIZES[1:])}\n\n"
        f"{tails_sentence(populations, trials // 4)}"
    )


def _cell(found: Coverage | None, trials: int) -> str:
    if found is None:
        return "–"
    error = 100 * np.sqrt(found.held * (1 - found.held) / trials)
    missed = f"{100 * found.above:.1f} / {100 * found.below:.1f}"
    return f"{100 * found.held:.1f} ± {error:.1f} ({missed}), {found.width:.3f}"


def _chosen(
    found: dict[tuple[str, str, int], Coverage], in_rule: set[str], sizes: tuple[int, ...]
) -> str:
    """Return a sentence on the candidates that are good enough at all `sizes`."""
    widths = {}
    for name in dict.fromkeys(name for name, *_ in found):
        cells = [found.get((name, data, n)) for data in in_rule for n in sizes]
        if all(one is not None and one.held >= AT_LEAST for one in cells):
            widths[name] = np.mean([one.width for one in cells if one is not None])
    listed = ", ".join(f"{name} (mean width {width:.3f})" for name, width in widths.items())
    here = ", ".join(map(str, sizes))
    best = min(widths, key=lambda name: widths[name], default="none")
    return (
        f"At n = {here} the rule's 94 % are reached by {listed or 'none'}; the narrowest: "
        f"**{best}**."
    )


def tails_sentence(populations: list[Population], samples: int) -> str:
    """Return a sentence on how often random architectures are called skewed."""
    shares = []
    for population in populations:
        if "+" not in population.name:
            rng = stream("statistics", "tails", population.name)
            warned = [
                100
                * np.mean([has_lower_tail(runs) for runs in population.random(rng, (samples, n))])
                for n in SIZES[1:]
            ]
            shares.append(f"{population.name} {warned[0]:.0f} and {warned[1]:.0f}")
    return (
        f"Of {samples:,} samples of {SIZES[1]} and {SIZES[2]} random architectures these per cent "
        f"are warned of: {'; '.join(dict.fromkeys(shares))}."
    )
