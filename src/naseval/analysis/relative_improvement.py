"""Relative improvement over the average architecture (paper, section 3.1 and table 1)."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from naseval.analysis.cells import Cell, cells
from naseval.analysis.contrasts import Contrast, Group, improvement
from naseval.analysis.finals import STATISTICS
from naseval.analysis.intervals import PERCENT, Estimate, Values
from naseval.analysis.wording import counted

SUMMARY = ["dataset", "method", "origin", "n", "mean", "std"]
"""The columns of `summaries`: groups of which only summary statistics are known."""

SUMMARISED = {"n": int, "mean": float, "std": float}

NONE = np.empty(0)


def relative_improvement(searched: ArrayLike, random: ArrayLike) -> Estimate:
    """Return 100 × (mean searched − mean random) / mean random, in per cent, with its interval.

    `searched` holds one accuracy per search, `random` one per random architecture. The interval is
    that of `contrasts.improvement`: Welch's, by the delta method. docs/statistics.md says by which
    rule it was chosen, and how often it holds the true value. It is NaN if a side has fewer than
    two runs, or if neither side varies; all is NaN if a side has no runs, or if the baseline is 0.
    """
    return _estimate(improvement(Group.of(searched), Group.of(random)))


def _estimate(found: Contrast) -> Estimate:
    return Estimate(*(float(number) for number in (found.value, *found.interval())))


def _described(values: Values, trained: int, known: pd.DataFrame) -> dict[str, float]:
    """Return numbers, mean and population std of a group; from `known` if it has no runs."""
    if values.size:
        n, mean, std = values.size, float(values.mean()), float(values.std())
        std = std if np.ptp(values) > 0 else 0.0  # without this, rounding of the mean is a spread
    elif len(known):
        n, mean, std = (kind(known.iloc[0][name]) for name, kind in SUMMARISED.items())
        trained = n
    else:
        n, mean, std = 0, np.nan, np.nan
    return {"trained": trained, "n": n, "mean": mean, "std": std}


def _row(cell: Cell, known: pd.DataFrame) -> dict[str, float]:
    """Return the numbers of both sides, and the relative improvement with its interval.

    A side that `known` sums up has no interval, since it has no runs.
    """
    described: dict[str, float] = {}
    groups = []
    for origin, values, trained in (
        ("searched", cell.searched, cell.searched_trained),
        ("random", cell.random, cell.random_trained),
    ):
        side = _described(values, trained, known[known["origin"] == origin])
        described |= {f"{origin}_{name}": value for name, value in side.items()}
        runs = Group.of(values)
        groups.append(runs if values.size else Group(side["n"], side["mean"], np.nan))
    value, low, high = _estimate(improvement(*groups))
    return {**described, "relative_improvement": value, "low": low, "high": high}


def benchmark_table(
    study: pd.DataFrame, statistic: str = "best", summaries: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per dataset and method of the benchmark study.

    `statistic` is `best` or `last`. Columns: dataset, method, statistic; for each side, `random_`
    and `searched_`, the numbers of runs `trained` and counted, `n`, the `mean` (per cent) and the
    population standard deviation `std` (ddof 0, as in the authors' figures); and
    `relative_improvement` (per cent) with its interval `low` to `high` (see `improvement`; NaN if a
    side has fewer than two runs, or if none varies). `summaries` (columns `SUMMARY`, best over
    epochs) replaces groups whose runs are not known; rows with such a group have no interval. A
    method without any run on a dataset has no row for it.
    """
    known = pd.DataFrame(columns=SUMMARY) if summaries is None else summaries
    if statistic != "best":
        known = known.iloc[:0]
    runs = {(cell.dataset, cell.method): cell for cell in cells(study, [statistic])}
    rows = []
    for dataset, method in dict.fromkeys(
        [*runs, *zip(known["dataset"], known["method"], strict=True)]
    ):
        nothing = Cell(dataset, method, statistic, False, NONE, NONE, (), 0, 0)
        here = known[(known["dataset"] == dataset) & (known["method"] == method)]
        names = {"dataset": dataset, "method": method, "statistic": statistic}
        rows.append({**names, **_row(runs.get((dataset, method), nothing), here)})
    columns = ["dataset", "method", "statistic"]
    described = ("trained", "n", "mean", "std")
    columns += [f"{origin}_{name}" for origin in ("random", "searched") for name in described]
    return pd.DataFrame(rows, columns=[*columns, "relative_improvement", "low", "high"])


def relative_improvements(
    study: pd.DataFrame, summaries: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, str]:
    """Return `benchmark_table` for `best` and, if it is known, `last`; and an explanatory note."""
    tables = [benchmark_table(study, statistic, summaries) for statistic in STATISTICS]
    tidy = pd.concat([table for table in tables if len(table)], ignore_index=True)
    return tidy, improvement_note(tidy)


def improvement_note(tidy: pd.DataFrame) -> str:
    """Return a note that explains rows of `benchmark_table`."""
    runs = counted([*tidy["searched_n"], *tidy["random_n"]], "run")
    unknown = int(tidy["low"].isna().sum())
    gaps = (
        " Without interval, for want of runs, of runs that differ or of a baseline above 0: "
        f"{unknown}."
    )
    return (
        "Per cent: 100 × (mean searched − mean random) / mean random, with Welch's "
        f"{PERCENT} interval by the delta method; {runs} on each side. *best* is the best "
        "test accuracy over the epochs of each run, *last* the accuracy after the last epoch."
        f"{gaps if unknown else ''}"
    )
