"""A method over several datasets: pooled relative improvement, mean rank, critical difference."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, stats

from naseval.analysis.cells import Cell, cell_pairs, cells, difference_of_improvements
from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import improvement
from naseval.analysis.finals import STATISTICS
from naseval.analysis.intervals import CONFIDENCE, PERCENT, Values
from naseval.analysis.wording import interval, with_minus

REPORT_TABLES = {
    "over_datasets": {
        "title": "Every method over its datasets",
        "paper": (
            "The paper compares dataset by dataset. Shown are each method's mean relative "
            "improvement, what to expect of it on one more dataset, and its mean rank."
        ),
        "order": 2,
        "study": "benchmark",
        "named": True,
    },
}

COLUMNS = (
    *("method", "statistic", "datasets", "relative_improvement", "low", "high"),
    *("predicted_low", "predicted_high", "between"),
    *("mean_rank", "rank_low", "rank_high", "ranked_on"),
)
"""The columns of `over_datasets`."""

FEWEST_DATASETS = 3
"""The fewest datasets to pool; a prediction interval from two would have no degree of freedom."""


class Pooled(NamedTuple):
    """The mean effect over datasets, in the unit of the effects.

    `low` to `high` is the interval of the mean, `predicted_low` to `predicted_high` that of the
    effect on one more dataset, and `between` the standard deviation of true effects.
    """

    value: float
    low: float
    high: float
    predicted_low: float
    predicted_high: float
    between: float


def pooled(effects: Values, errors: Values) -> Pooled:
    """Pool the effects on several datasets, given with their standard errors, by random effects.

    The variance between datasets is Paule and Mandel's, the interval Hartung and Knapp's, and the
    prediction interval Higgins, Thompson and Spiegelhalter's. All are NaN for fewer than
    `FEWEST_DATASETS`. References are in docs/statistics.md.
    """
    k = len(effects)
    if k < FEWEST_DATASETS:
        return Pooled(*[np.nan] * 6)
    between = _between(effects, errors**2)
    weights = 1 / (errors**2 + between)
    value = float(np.average(effects, weights=weights))
    error = np.sqrt((weights * (effects - value) ** 2).sum() / (k - 1) / weights.sum())
    upper = (1 + CONFIDENCE) / 2
    half = float(stats.t.ppf(upper, k - 1) * error)
    beyond = float(stats.t.ppf(upper, k - 2) * np.sqrt(between + error**2))
    return Pooled(value, value - half, value + half, value - beyond, value + beyond, between**0.5)


def _between(effects: Values, variances: Values) -> float:
    """Return Paule and Mandel's variance between datasets, at which Q has its expected value."""

    def excess(between: float) -> float:
        weights = 1 / (variances + between)
        mean = np.average(effects, weights=weights)
        return float((weights * (effects - mean) ** 2).sum() - (len(effects) - 1))

    if excess(0.0) <= 0:
        return 0.0
    # With weights of at most 1 / between, Q is below its expectation at this upper end.
    return float(optimize.brentq(excess, 0.0, float(((effects - effects.mean()) ** 2).sum())))


def critical_difference(methods: int, ranked: Sequence[int]) -> float:
    """Return Nemenyi's critical difference: mean ranks further apart differ at `LEVEL`.

    It is that of `methods` with a rank on every dataset. `ranked` holds for each dataset how many
    methods are ranked on it. Where they are the same methods, this is the formula of Demšar (2006);
    each further method on a dataset widens the spread of the ranks there.
    """
    quantile = stats.studentized_range.ppf(1 - LEVEL, methods, np.inf) / np.sqrt(2)
    of = np.asarray(ranked, dtype=np.float64)
    return float(quantile * np.sqrt((of * (of + 1)).mean() / (6 * of.size)))


def over_datasets(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Sum up every method of a benchmark study over its datasets; return the table and a sentence.

    The table has one row per statistic and method. Columns: the number of pooled `datasets`; their
    `relative_improvement` (per cent) with its interval `low` to `high`, the prediction interval
    `predicted_low` to `predicted_high` and the standard deviation `between` datasets (see
    `pooled`); and the `mean_rank` by relative improvement (1 is the highest) with its interval
    `rank_low` to `rank_high` and the number of datasets that it was `ranked_on` (see
    `mean_ranks`). The sentence gives the critical difference of mean ranks. Cells with fewer than
    `FEWEST` runs on a side are ranked, but not pooled.
    """
    rows, sentences = [], []
    for statistic in STATISTICS:
        known = rankable(study, statistic)
        if not known:
            continue
        rows += [
            {"method": method, "statistic": statistic, **_pooled_columns(known, method), **places}
            for method, places in mean_ranks(known).items()
        ]
        sentences.append(_critical(known, statistic))
    return pd.DataFrame(rows, columns=list(COLUMNS)), " ".join(sentences)


def table(study: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the table of `over_datasets`, the same as people read it, and a note."""
    tidy, sentence = over_datasets(study)
    shown = [
        {
            "method": row["method"],
            "statistic": row["statistic"],
            "datasets": row["datasets"],
            "mean RI, %": interval(row["relative_improvement"], row["low"], row["high"]),
            "RI on one more dataset, %": _range(row["predicted_low"], row["predicted_high"]),
            "std between datasets": row["between"],
            "mean rank": interval(row["mean_rank"], row["rank_low"], row["rank_high"]),
            "ranked on": row["ranked_on"],
        }
        for row in tidy.to_dict("records")
    ]
    note = (
        f"Mean RI: random effects over datasets, from {FEWEST_DATASETS} on, with Hartung and "
        f"Knapp's {PERCENT} interval; what to expect on one more such dataset is the prediction "
        "interval beside it. Mean rank by RI, 1 the highest, with the ranks that comparisons in "
        "pairs leave possible."
    )
    readable = pd.DataFrame(shown, columns=None if shown else ["method", "statistic"])
    return tidy, readable, f"{note} {sentence}".strip()


def _range(low: float, high: float) -> str:
    return "–" if np.isnan(low) else with_minus(f"{low:+.2f} to {high:+.2f}")


def _pooled_columns(known: list[Cell], method: str) -> dict[str, float]:
    enough = [cell for cell in known if cell.method == method and cell.enough]
    found = [one for one in (improvement(*cell.groups) for cell in enough) if one.error > 0]
    effects, errors = (np.array([one[part] for one in found]) for part in (0, 1))
    value, *rest = pooled(effects, errors)
    names = ("low", "high", "predicted_low", "predicted_high", "between")
    columns = dict(zip(names, rest, strict=True))
    return {"datasets": len(found), "relative_improvement": value, **columns}


def ranked(known: list[Cell]) -> pd.DataFrame:
    """Return the rank of every cell by relative improvement among those of its dataset.

    `known` are cells of one statistic with runs on both sides. Columns: dataset, method, statistic,
    `rank` (1 is the highest, ties averaged) and the number of cells on the dataset, `of`.
    """
    table = pd.DataFrame(
        [
            (cell.dataset, cell.method, cell.statistic, float(improvement(*cell.groups).value))
            for cell in known
        ],
        columns=["dataset", "method", "statistic", "value"],
    )
    by_dataset = table.groupby("dataset", sort=False)["value"]
    table["rank"] = by_dataset.rank(ascending=False)
    table["of"] = by_dataset.transform("size").astype(int)
    return table.drop(columns="value")


def mean_ranks(known: list[Cell]) -> dict[str, dict[str, float]]:
    """Return the mean rank of every method over datasets, with its interval.

    `known` are cells of one statistic with runs on both sides. On each dataset the methods are
    ranked by relative improvement (see `ranked`). The result has the `mean_rank`, its interval
    `rank_low` to `rank_high` (see `rank_intervals`) and the number of datasets, `ranked_on`.
    """
    ends = rank_intervals(known)
    found = {}
    for name, rows in ranked(known).groupby("method", sort=False)["rank"]:
        low, high = ends[str(name)]
        mean, on = float(rows.mean()), len(rows)
        # Pairs are compared by the random runs that both have, ranks are by all of each.
        low, high = (float(end) for end in (np.minimum(low, mean), np.maximum(high, mean)))
        names = {"mean_rank": mean, "rank_low": low, "rank_high": high, "ranked_on": on}
        found[str(name)] = names
    return found


def rank_intervals(known: list[Cell]) -> dict[str, tuple[float, float]]:
    """Return the interval of every method's mean rank over datasets, from comparisons in pairs.

    On each dataset a method ranks below those that are shown to be better than it, and above those
    that are shown to be worse. With m comparisons over all its datasets each has the level `LEVEL`
    / m, so the true mean rank is held with `CONFIDENCE` or more (Mogstad, Romano, Shaikh and
    Wilhelm 2024, Review of Economic Studies 91). Both ends are NaN if a cell on one of the method's
    datasets has fewer than `FEWEST` runs on a side.
    """
    on: dict[str, list[str]] = {}
    for cell in known:
        on.setdefault(cell.method, []).append(cell.dataset)
    gains: dict[str, list[tuple[float, float]]] = {method: [] for method in on}
    for left, right in cell_pairs(known):
        found = difference_of_improvements(left, right)
        gain, p = float(found.value), float(found.difference_p())
        gains[left.method].append((gain, p))
        gains[right.method].append((-gain, p))
    of = Counter(cell.dataset for cell in known)
    few = {cell.dataset for cell in known if not cell.enough}
    intervals = {}
    for method, datasets in on.items():
        shown = [gain for gain, p in gains[method] if p < LEVEL / len(gains[method])]
        above, below = sum(gain < 0 for gain in shown), sum(gain > 0 for gain in shown)
        last = sum(of[dataset] for dataset in datasets)
        ends = 1 + above / len(datasets), (last - below) / len(datasets)
        intervals[method] = (np.nan, np.nan) if few.intersection(datasets) else ends
    return intervals


def rankable(study: pd.DataFrame, statistic: str) -> list[Cell]:
    """Return the cells of a benchmark study, by one statistic, that have runs on both sides."""
    known = cells(study, [statistic])
    return [one for one in known if one.searched.size and one.random.any()]


def _critical(known: list[Cell], statistic: str) -> str:
    """Return a sentence with the critical difference of the methods ranked on all datasets."""
    datasets = Counter(cell.dataset for cell in known)
    on = pd.Series([cell.method for cell in known]).value_counts()
    complete = int((on == len(datasets)).sum())
    if complete < 2 or len(datasets) < 2:
        return f"By {statistic}, too few methods share datasets for a critical difference."
    needed = critical_difference(complete, list(datasets.values()))
    return (
        f"By {statistic}, two mean ranks of the {complete} methods on all {len(datasets)} datasets "
        f"must differ by {needed:.2f} to be told apart (Nemenyi, level {LEVEL:g})."
    )
