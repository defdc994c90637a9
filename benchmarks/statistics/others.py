"""How often the intervals of spreads, shares, percentiles and mean ranks hold the truth."""

from collections.abc import Iterator

import numpy as np
from benchmarks.bench.document import table
from benchmarks.statistics.populations import Population
from benchmarks.statistics.rivals import RESAMPLES
from scipy import stats

from naseval.analysis.cells import Cell
from naseval.analysis.intervals import CONFIDENCE, Values, percentile_interval, spread_interval
from naseval.analysis.over_datasets import mean_ranks
from naseval.analysis.printed import percentile_among
from naseval.analysis.variance import likely_components, sums_of_squares
from naseval.randomness import stream

TAIL = (1 - CONFIDENCE) / 2


def others_table(populations: list[Population], trials: int) -> str:
    """Return one table of all of them, with the intervals that were not chosen."""
    fewer = trials // 10  # of what is slow
    rows = [
        *_spreads([one for one in populations if one.in_rule and not one.improvement], trials),
        *_shares(trials),
        *_percentiles(fewer),
        *_ranks(fewer),
    ]
    return (
        f"How often 95 % intervals hold the truth, in % of {trials:,} samples ({fewer:,} of "
        "percentiles, ranks and resamples); what is not used stands beside it.\n\n"
        f"{table(['interval of', 'data', 'held, %', 'others, %'], rows)}"
    )


def _spreads(populations: list[Population], trials: int) -> Iterator[list[str]]:
    for population in populations:
        rng = stream("statistics", "spread", population.name)
        true = float(population.random(rng, (1_000_000,)).std())
        for n in (4, 8, 16, 32):
            samples = population.random(rng, (trials, n))
            used = [low <= true <= high for low, high in map(spread_interval, samples)]
            exact = samples.std(axis=1, ddof=1)[:, None] * np.sqrt(
                (n - 1) / stats.chi2.ppf([1 - TAIL, TAIL], n - 1)
            )
            resampled = [_resampled_spread(values, rng) for values in samples[: trials // 10]]
            others = [
                f"{name} {_per_cent([low <= true <= high for low, high in ends])}"
                for name, ends in (("chi-square", exact), ("percentile bootstrap", resampled))
            ]
            name = "the standard deviation (Bonett)"
            yield [name, f"{population.name}, n = {n}", _per_cent(used), ", ".join(others)]


def _resampled_spread(values: Values, rng: np.random.Generator) -> tuple[float, float]:
    drawn = values[rng.integers(values.size, size=(RESAMPLES, values.size))]
    return percentile_interval(drawn.std(axis=1, ddof=1))


def _shares(trials: int) -> Iterator[list[str]]:
    """Yield the coverage of the architecture's share where it has 1 part of the variance."""
    for architectures, columns, column, rest in (
        (8, 10, 20.0, 0.4), (16, 10, 1.0, 0.5), (16, 10, 0.0, 0.5), (16, 2, 1.0, 0.3),
        (16, 2, 0.0, 0.3), (32, 2, 0.0, 0.4),
    ):  # fmt: skip
        rng = stream("statistics", "shares", architectures, columns, column)
        effects = np.linspace(-1, 1, columns)
        effects *= np.sqrt(column) / effects.std()
        shape = (trials, architectures, columns)
        layouts = effects + rng.normal(size=(*shape[:2], 1)) + rng.normal(0, rest**0.5, shape)
        true = np.array([column, 1.0, rest]) / (column + 1 + rest)
        used, resampled = [], []
        for number, layout in enumerate(layouts):
            squares = sums_of_squares(layout)
            used.append(_held(likely_components(squares, architectures, columns), true))
            if number < trials // 10:
                again = layout[rng.integers(architectures, size=(RESAMPLES, architectures))]
                expected = _expected_squares(architectures, columns, column, rest)
                resampled.append(_held(sums_of_squares(again), expected / expected.sum()))
        yield [
            "shares of variance (generalised)",
            f"{architectures} × {columns}, shares {' / '.join(f'{100 * one:.0f}' for one in true)}",
            " / ".join(_per_cent(part) for part in np.transpose(used)),
            "percentile bootstrap, of the squares "
            + " / ".join(_per_cent(part) for part in np.transpose(resampled)),
        ]


def _expected_squares(architectures: int, columns: int, column: float, rest: float) -> Values:
    """Return the expected sums of squares of columns, architectures (variance 1) and rest."""
    return np.array(
        [
            architectures * columns * column + (columns - 1) * rest,
            (architectures - 1) * (columns + rest),
            (architectures - 1) * (columns - 1) * rest,
        ]
    )


def _held(drawn: Values, true: Values) -> list[bool]:
    ends = [percentile_interval(part) for part in drawn / drawn.sum(axis=0)]
    return [bool(low <= one <= high) for (low, high), one in zip(ends, true, strict=True)]


def _percentiles(trials: int) -> Iterator[list[str]]:
    """Yield the coverage of the percentile of a cell, whose trainings vary half as much."""
    for architectures, true in ((8, 50), (8, 95), (32, 50), (32, 95), (32, 98)):
        rng = stream("statistics", "percentiles", architectures, true)
        mean = stats.norm.ppf(true / 100) * 1.25**0.5
        held = []
        for _ in range(trials):
            random = [np.array([one]) for one in rng.normal(size=architectures)]
            _, low, high = percentile_among(rng.normal(mean, 0.5, 4), random)
            held.append(low <= true <= high)
        data = f"{architectures} random architectures, truth {true} %"
        yield ["the percentile of a printed cell", data, _per_cent(held), "–"]


def _ranks(trials: int) -> Iterator[list[str]]:
    """Yield the coverage of the mean rank of the first and the last of six methods."""
    methods, datasets, runs = [f"m{number}" for number in range(6)], 3, 8
    for step in (0.25, 0.5, 1.0):
        rng = stream("statistics", "ranks", step)
        held = []
        for _ in range(trials):
            known = [
                _cell(f"d{dataset}", method, 60 - step * place, runs, rng)
                for dataset in range(datasets)
                for place, method in enumerate(methods)
            ]
            found = mean_ranks(known)
            held.append(
                [
                    found[method]["rank_low"] <= place + 1 <= found[method]["rank_high"]
                    for place, method in enumerate(methods)
                ]
            )
        first, *_, last = np.transpose(held)
        middle = np.transpose(held)[2:4].ravel()
        data = f"6 methods, {datasets} datasets, n = {runs}, steps of {step:g} standard deviations"
        shown = f"first {_per_cent(first)}, middle {_per_cent(middle)}, last {_per_cent(last)}"
        yield ["the mean rank", data, shown, "–"]


def _cell(dataset: str, method: str, mean: float, runs: int, rng: np.random.Generator) -> Cell:
    searched, random = rng.normal(mean, 1, runs), rng.normal(50, 1, runs)
    return Cell(dataset, method, "last", True, searched, random, (dataset, method), runs, runs)


def _per_cent(held: Values | list[bool]) -> str:
    return f"{100 * np.mean(held):.0f}"
