"""What the protocol itself is worth: how often the better method is named, on recorded truth.

Searches and random architectures are drawn from recorded ones, whose means are the truth, and
judged as a benchmark judges its runs. docs/statistics.md explains it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from naseval.analysis.cells import Cell, cells
from naseval.analysis.comparison import LEVEL
from naseval.analysis.contrasts import (
    Contrast,
    Group,
    Numbers,
    difference,
    improvement_difference,
)
from naseval.analysis.intervals import PERCENT, Values
from naseval.analysis.power import PERCENT_POWER, smallest_detected
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.verdicts import IMPROVEMENTS, Margins, margin_of
from naseval.randomness import stream

REPORT_TABLES = {
    "reliability": {
        "title": "What the protocol is worth",
        "paper": (
            "Not in the paper, which takes 8 searches and 8 random architectures: how often so "
            "many name the better method, where recorded trainings tell the truth."
        ),
        "order": 5,
        "sources": ["recorded"],
        "study": "benchmark",
        "inputs": {"searches": "studies/{source}/searches.parquet"},
        "settings": {"margins": "recorded.margins"},
        "labels": ["dataset_labels", "method_labels"],
    },
}

NUMBERS = (4, 8, 16, 32)
"""Of searches of a method, and of random architectures."""
TRIALS = 2000
AVERAGE = "average architecture"
NONE, OWN, SHARED = "", "own", "shared"
POINTS = "points"

Names = tuple[str, ...]
Shares = dict[str, float]


@dataclass(frozen=True)
class Pool:
    """Recorded runs to draw from (per cent), and what one more of them costs, in trainings."""

    names: Names
    accuracies: Values
    cost: float

    @property
    def mean(self) -> float:
        """The true mean."""
        return float(self.accuracies.mean())

    def drawn(self, n: int) -> Group:
        """Return n accuracies for each of `TRIALS` trials, drawn with replacement."""
        rng = stream("reliability", *self.names, n)
        return Group.of(rng.choice(self.accuracies, (TRIALS, n)))

    def expected(self, n: int) -> Group:
        """Return n accuracies with the true mean and spread."""
        return Group(n, self.mean, float(self.accuracies.std()))


@dataclass(frozen=True)
class Question:
    """Two methods, or a method and the average architecture, with or without random runs."""

    searched: tuple[Pool, ...]
    random: tuple[Pool, ...]
    baseline: str
    margin: float

    def contrast(self, searched: Sequence[Group], random: Sequence[Group]) -> Contrast:
        """Return what is judged: points of accuracy, or with two baselines per cent of RI."""
        if self.baseline == OWN:
            (left, right), (first, second) = searched, random
            return improvement_difference((left, first), (right, second), shared=False)
        left, right = [*searched, *random]
        return difference(left, right)

    def expected(self, n: int, m: int) -> Contrast:
        """Return the true difference with its true error."""
        searched = [pool.expected(n) for pool in self.searched]
        return self.contrast(searched, [pool.expected(m) for pool in self.random])


def table(
    study: pd.DataFrame,
    searches: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    margins: Margins,
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return one row per question and numbers of runs, those of equal numbers laid out, a note.

    `study` is the benchmark study of recorded trainings (`schemas.STUDY`) and `searches` are
    `naseval.recorded.study.ALL_SEARCHES`; only tables with verdicts and methods that pay in
    trainings count. Columns: `dataset`, `method`, `other`, the `baseline` of pairs; `searches` of
    each method and `random` architectures of each baseline (0 if none counts); the `true`
    difference and its `unit`; the shares (per cent) of trials that name the `better` method, the
    `worse` one, call them `equivalent` or leave them `undecided`; the difference that is `detected`
    with a power of 80 %, and the mean `width` of the interval, in the unit; the per cent of trials
    whose interval `holds` the truth; and by how many per cent the standard error falls for the
    price of one more search of each method, if it buys searches (`by_search`) or random
    architectures (`by_random`). Raise `NasevalError` if a table has no margin.
    """
    rows = [
        {**names, **row}
        for names, question in _questions(study, searches, dataset_labels, method_labels, margins)
        for row in _rows(question)
    ]
    tidy = pd.DataFrame(rows, columns=COLUMNS)
    equal = tidy[(tidy["random"] == tidy["searches"]) | (tidy["baseline"] == SHARED)]
    shown = [_shown(row, dataset_labels, method_labels) for row in equal.to_dict("records")]
    return tidy, pd.DataFrame(shown, columns=None if shown else ["dataset", "method"]), NOTE


COLUMNS = (
    "dataset", "method", "other", "baseline", "searches", "random", "true", "unit", "better",
    "worse", "equivalent", "undecided", "detected", "width", "holds", "by_search", "by_random",
)  # fmt: skip

NOTE = (
    f"Per cent of {TRIALS} trials, each with so many searches of each method and as many random "
    "architectures of each baseline, drawn from the recorded ones, whose means are the truth. A "
    "shared baseline cancels, so its size does not matter. Tests as in the table of verdicts, for "
    f"one comparison. *Detected*: the difference that is found with {PERCENT_POWER}; *width*: of "
    f"the {PERCENT} interval, on average; both in points, or per cent of RI where baselines are "
    "their own. *Next*: what one more search of each method, or random architectures for the same "
    "number of trainings, takes off the standard error, in per cent. A method whose recorded runs "
    "do not differ is left out."
)


def _questions(
    study: pd.DataFrame,
    searches: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    margins: Margins,
) -> Iterator[tuple[dict[str, str], Question]]:
    """Yield the comparisons of each table: with the average, then the pairs, with their names."""
    paid = searches[searches["verdicts"] & (searches["unit"] == "trainings")]
    costs = paid.dropna(subset=["cost"]).groupby(["benchmark", "method"])["cost"].mean()
    keys = pd.MultiIndex.from_frame(study[["dataset", "method"]])
    known = {
        (cell.dataset, cell.method): cell
        for cell in cells(study[keys.isin(costs.index)])
        if cell.decides and _differ(cell.searched) and _differ(cell.random)
    }
    for dataset in in_order({dataset for dataset, _ in known}, dataset_labels):
        methods = in_order({method for name, method in known if name == dataset}, method_labels)
        here = [known[dataset, method] for method in methods]
        pools = {cell.method: _pools(cell, float(costs[dataset, cell.method])) for cell in here}
        for cell in here:
            searched, random = pools[cell.method]
            names = {"dataset": dataset, "method": cell.method, "other": AVERAGE}
            margin = margin_of(cell, margins)
            yield {**names, "baseline": NONE}, Question((searched,), (random,), NONE, margin)
        for left, right in combinations(here, 2):
            both, baselines = zip(pools[left.method], pools[right.method], strict=True)
            names = {"dataset": dataset, "method": left.method, "other": right.method}
            margin = margin_of(left, margins)
            yield {**names, "baseline": SHARED}, Question(both, (), SHARED, margin)
            margin = 100 * margin / max(pool.mean for pool in baselines)
            yield {**names, "baseline": OWN}, Question(both, baselines, OWN, margin)


def _differ(runs: Values) -> bool:
    """Tell whether there are runs, and not all are equal."""
    return bool(runs.size) and bool(np.ptp(runs) > 0)


def _pools(cell: Cell, cost: float) -> tuple[Pool, Pool]:
    """Return the searched and the random runs of a cell; `cost` is that of choosing, in trainings.

    Every architecture is then trained once more.
    """
    names = (cell.dataset, cell.method)
    return (
        Pool((*names, "searched"), cell.searched, cost + 1),
        Pool((*names, "random"), cell.random, 1),
    )


def _rows(question: Question) -> Iterator[dict[str, Any]]:
    """Yield what comes out with each number of searches and of random architectures."""
    searched = {n: [pool.drawn(n) for pool in question.searched] for n in NUMBERS}
    random = {m: [pool.drawn(m) for pool in question.random] for m in NUMBERS}
    unit = IMPROVEMENTS if question.baseline == OWN else POINTS
    for n, m in product(NUMBERS, NUMBERS if question.random else NUMBERS[:1]):
        expected = question.expected(n, m)
        found = question.contrast(searched[n], random[m])
        yield {
            "searches": n,
            "random": m if question.random else 0,
            "true": float(expected.value),
            "unit": unit,
            **outcomes(found, float(expected.value), question.margin),
            "detected": float(smallest_detected(expected.error, expected.freedom)),
            **_gains(question, n, m),
        }


def outcomes(found: Contrast, true: float, margin: float) -> Shares:
    """Return the shares (per cent) of trials with each verdict, and what intervals are like.

    `found` holds one contrast per trial. Where the `true` difference is 0, whichever is named is
    the worse. Trials without any spread are undecided, and have no interval.
    """
    named = np.asarray(found.difference_p() < LEVEL)
    same = ~named & np.asarray(found.equivalence_p(margin) < LEVEL)
    right = named & (np.sign(found.value) == np.sign(true)) & (true != 0)
    low, high = map(np.asarray, found.interval())
    known = np.isfinite(low)
    return {
        "better": _percent(right),
        "worse": _percent(named & ~right),
        "equivalent": _percent(same),
        "undecided": _percent(~named & ~same),
        "width": float((high - low)[known].mean()) if known.any() else np.nan,
        "holds": _percent(((low <= true) & (true <= high))[known]) if known.any() else np.nan,
    }


def _percent(trials: NDArray[np.bool_]) -> float:
    return float(100 * trials.mean())


def _gains(question: Question, n: int, m: int) -> Shares:
    """Return by how much (per cent) the error falls for the price of one more search of each."""
    price = sum(pool.cost for pool in question.searched)
    bought = price / sum(pool.cost for pool in question.random) if question.random else 0.0
    now = question.expected(n, m).error
    searched, random = question.expected(n + 1, m).error, now
    if question.random:
        groups = [pool.expected(n) for pool in question.searched]
        # Numbers of architectures may be fractions, since only the error is asked for.
        more = [pool.expected(m)._replace(n=m + bought) for pool in question.random]
        random = question.contrast(groups, more).error
    return {"by_search": _fall(now, searched), "by_random": _fall(now, random)}


def _fall(before: Numbers, after: Numbers) -> float:
    return float(100 * (1 - after / before))


def _shown(row: Any, dataset_labels: Labels, method_labels: Labels) -> dict[str, Any]:
    baseline = row["baseline"]
    search, random = row["by_search"], row["by_random"]
    rivals = f"searches −{search:.1f}, random −{random:.1f}"
    return {
        "dataset": dataset_labels.get(row["dataset"], row["dataset"]),
        "method": method_labels.get(row["method"], row["method"]),
        "other": method_labels.get(row["other"], row["other"]),
        "baseline": baseline or "–",
        "n each": row["searches"],
        "true": f"{row['true']:+.2f}",
        "better named": f"{row['better']:.0f}",
        "worse named": f"{row['worse']:.1f}",
        "equivalent": f"{row['equivalent']:.0f}",
        "undecided": f"{row['undecided']:.0f}",
        "detected": f"{row['detected']:.2f}",
        "width": f"{row['width']:.2f}",
        "truth in interval": f"{row['holds']:.0f}",
        "next": rivals if baseline != SHARED else f"searches −{search:.1f}",
    }
