"""Three answers for every method and dataset: better or worse, equivalent, or undecided.

docs/statistics.md defines the tests, the margins and the families of comparisons.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from naseval.analysis.cells import Cell, cell_pairs, cells, difference_of_improvements
from naseval.analysis.comparison import LEVEL, adjusted
from naseval.analysis.contrasts import (
    FEWEST,
    Contrast,
    difference,
    from_few,
    improvement,
    or_nan,
)
from naseval.analysis.finals import STATISTICS
from naseval.analysis.frozen import frozen
from naseval.analysis.intervals import Values
from naseval.errors import NasevalError

UNDECIDED = "undecided"
EQUIVALENT = "equivalent"
SMALL = ", by less than the margin"
KINDS = ("better", "worse", EQUIVALENT, UNDECIDED)
"""As which verdicts are counted."""
NOTHING = ""
"""Stands for the verdict where there is nothing to judge."""

SEARCHED = "searched runs, points"
IMPROVEMENTS = "difference of RI, per cent"
"""What a comparison of two methods compares, and in which unit."""

GAIN = ("relative_improvement", "improvement_low", "improvement_high")
MEANS = ("searched_n", "searched_mean", "random_n", "random_mean")
CELL = ("dataset", "method", "statistic", "decides", *MEANS, *GAIN, "note")
PAIR = ("dataset", "left", "right", "statistic", "decides", "compared", *GAIN, "note")
"""The columns of `against_average` and of `between_methods` before those of `judged`."""

Margins = Mapping[str, float]
"""The margin of equivalence of each dataset, in points of accuracy."""


class Levels(NamedTuple):
    """The levels of Welch's test and of the two one-sided tests of equivalence."""

    difference: float = LEVEL
    equivalence: float = LEVEL


class Comparison(NamedTuple):
    """A contrast to be judged with a margin, in the contrast's unit, and from enough runs or not.

    If the runs are not `enough`, nothing is tested. A comparison that has `levels` of its own is
    judged by them, whatever else is judged, and is not of the family.
    """

    contrast: Contrast
    margin: float
    enough: bool
    levels: Levels | None = None


Family = list[tuple[dict[str, Any], Comparison]]
"""Comparisons that are adjusted together, each with the columns that describe it."""


def verdict(value: float, difference_p: float, equivalence_p: float, levels: Levels) -> str:
    """Return the verdict on a difference, from the p-values of its two tests.

    A NaN p-value belongs to a test that was not made, and rejects nothing.
    """
    differs, same = difference_p < levels.difference, equivalence_p < levels.equivalence
    if differs:
        return ("better" if value > 0 else "worse") + (SMALL if same else "")
    return EQUIVALENT if same else UNDECIDED


def counted_as(found: str) -> str:
    """Return `better`, `worse`, `equivalent` or `undecided`, as which a verdict is counted."""
    return found.removesuffix(SMALL)


def allowed(p: Values) -> Values:
    """Return for each p-value the largest one that would be significant in its place.

    The others stay as they are. Benjamini and Hochberg's procedure rejects a hypothesis if its
    p-value is below k × `LEVEL` / m for some k, and those of k − 1 of the m − 1 others are, too.
    NaN are no comparisons, and stay NaN.
    """
    result, known = np.full(p.shape, np.nan), ~np.isnan(p)
    m = int(known.sum())
    steps = LEVEL * np.arange(1, m + 1) / m
    below = p[known][:, None] < steps
    enough = below.sum(axis=0) - below >= np.arange(m)
    result[known] = np.where(enough, steps, 0).max(axis=1, initial=0)
    return result


def judged(family: Sequence[Comparison]) -> pd.DataFrame:
    """Judge a family of comparisons; return one row for each.

    Columns: the `difference` with its Welch interval `low` to `high`; the p-values of Welch's test
    and of the two one-sided tests, plain (`difference_p`, `equivalence_p`) and adjusted over the
    family (`difference_q`, `equivalence_q`); the `margin`; the `verdict`; and `equivalent_at`: with
    any larger margin this comparison would be equivalent, or better or worse by less than it, the
    others of the family as they are.
    Without enough runs, the p-values and `equivalent_at` are NaN. Comparisons with levels of their
    own have no adjusted p-values, and those of the others are what they are without them.
    """
    columns = ["difference", "low", "high", "difference_p", "equivalence_p", "margin"]
    table = pd.DataFrame([_tested(one) for one in family], columns=columns, dtype=float)
    alone = np.array([one.levels is not None for one in family], dtype=bool)
    for test in ("difference", "equivalence"):
        table[f"{test}_q"] = adjusted(table[f"{test}_p"].mask(alone).to_numpy())
    limits = allowed(table["equivalence_p"].mask(alone).to_numpy())
    rows = zip(family, table.to_dict("records"), limits, strict=True)
    ends = [_judged(one, row, limit) for one, row, limit in rows]
    return table.join(pd.DataFrame(ends, columns=["verdict", "equivalent_at"]))


def _judged(one: Comparison, row: Mapping[Hashable, Any], limit: float) -> tuple[str, float]:
    """Return the verdict on a comparison, and with which margin it would be equivalent."""
    kind, levels = ("q", Levels()) if one.levels is None else ("p", one.levels)
    tests = row[f"difference_{kind}"], row[f"equivalence_{kind}"]
    if one.levels is not None:
        limit = one.levels.equivalence if one.enough else np.nan
    found = verdict(row["difference"], *tests, levels)
    return found, float(one.contrast.equivalent_at(limit))


def _tested(one: Comparison) -> list[float]:
    found = one.contrast
    tests = found.difference_p(), found.equivalence_p(one.margin)
    p = tests if one.enough else (np.nan, np.nan)
    return [float(number) for number in (found.value, *found.interval(), *p, one.margin)]


def against_average(
    study: pd.DataFrame, margins: Margins, decisions: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Judge every method on every dataset of a benchmark study against the average architecture.

    Return one row per statistic, dataset and method, with the columns of `judged`; the difference
    is that of the mean accuracies, in points. Further columns: whether this statistic `decides`;
    the numbers of runs, `searched_n` and `random_n`, and their means, `searched_mean` and
    `random_mean` (per cent); the `relative_improvement` (per cent) with its interval
    `improvement_low` to `improvement_high`; and a `note`, which gives the runs if a side has fewer
    than `FEWEST`.

    The family is all rows of a statistic but those of cells that are judged in steps. These are in
    `decisions` (`schemas.LOOK`), and are judged at the levels for their looks: what decides as it
    was decided (see `frozen`), the other statistic from the same runs. Raise `NasevalError` if a
    dataset has no margin.
    """
    levels = _levels(decisions)

    def family(known: list[Cell]) -> Family:
        return [(_described(one), _against_average(one, margins, levels)) for one in known]

    return frozen(_by_statistic(study, family, CELL), decisions)


def _levels(decisions: pd.DataFrame | None) -> dict[tuple[str, str], Levels]:
    """Return the levels of the cells (dataset, method) that are judged in steps."""
    rows = [] if decisions is None else decisions.to_dict("records")
    return {
        (row["dataset"], row["method"]): Levels(row["difference_level"], row["equivalence_level"])
        for row in rows
    }


def _against_average(
    cell: Cell, margins: Margins, levels: Mapping[tuple[str, str], Levels]
) -> Comparison:
    own = levels.get((cell.dataset, cell.method))
    return Comparison(difference(*cell.groups), margin_of(cell, margins), cell.enough, own)


def between_methods(study: pd.DataFrame, margins: Margins) -> pd.DataFrame:
    """Judge every pair of methods on every dataset of a benchmark study.

    Return one row per statistic, dataset and pair, with the columns of `judged`; `left` is better
    or worse than `right`. The column `compared` tells what is compared. If both share random runs
    (see `cell_pairs`), it is the accuracies of their searched runs, in points (`SEARCHED`), because
    the baseline cancels. Otherwise it is their relative improvements, in per cent (`IMPROVEMENTS`),
    with the errors of both baselines; the margin then is a per cent of the higher baseline. In
    either case `relative_improvement` is the difference of the relative improvements (per cent),
    with its interval `improvement_low` to `improvement_high`. A `note` says "from n runs" if fewer
    than `FEWEST` of what is compared. The family is all rows of a
    statistic. Raise `NasevalError` if a dataset has no margin.
    """

    def family(known: list[Cell]) -> Family:
        return [
            (_pair_described(*pair), _pair_comparison(*pair, margin_of(pair[0], margins)))
            for pair in cell_pairs(known)
        ]

    return _by_statistic(study, family, PAIR)


def with_verdicts(
    table: pd.DataFrame,
    study: pd.DataFrame,
    margins: Margins,
    searches: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add to a table with dataset, method and statistic the columns `difference_q` and `verdict`.

    They are those of `against_average`. A verdict is empty where there is nothing to judge, e.g. on
    recorded benchmarks without verdicts (see `without_verdicts`). Raise `NasevalError` if a dataset
    has no margin.
    """
    judgeable = study[~study["dataset"].isin(without_verdicts(searches))]
    found = against_average(judgeable, margins, decisions)
    found = found.dropna(subset=["searched_mean", "random_mean"])
    keys = ["dataset", "method", "statistic"]
    merged = table.merge(found[[*keys, "difference_q", "verdict"]], on=keys, how="left")
    texts = [text if isinstance(text, str) else NOTHING for text in merged["verdict"]]
    return merged.assign(verdict=texts)


def without_verdicts(searches: pd.DataFrame | None) -> list[str]:
    """Return the recorded benchmarks on which differences between methods mean nothing.

    `searches` are `naseval.recorded.study.ALL_SEARCHES`, or None for the other sources.
    """
    if searches is None:
        return []
    return list(searches.loc[~searches["verdicts"], "benchmark"].unique())


def margin_of(cell: Cell, margins: Margins) -> float:
    """Return the margin of a cell's dataset. Raise `NasevalError` if it has none."""
    if cell.dataset not in margins:
        raise NasevalError(
            f"the dataset {cell.dataset} has no margin; set the config key "
            f"datasets.{cell.dataset}.margin, in points of accuracy"
        )
    return margins[cell.dataset]


def _by_statistic(
    study: pd.DataFrame, family: Callable[[list[Cell]], Family], columns: Sequence[str]
) -> pd.DataFrame:
    tables = []
    for statistic in STATISTICS:
        rows = family(list(cells(study, [statistic])))
        names = pd.DataFrame([described for described, _ in rows], columns=list(columns))
        tables.append(names.join(judged([comparison for _, comparison in rows])))
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True).astype({"decides": bool})


def _described(cell: Cell) -> dict[str, Any]:
    searched, random = cell.groups
    return {
        "dataset": cell.dataset,
        "method": cell.method,
        "statistic": cell.statistic,
        "decides": cell.decides,
        "searched_n": searched.n,
        "searched_mean": float(searched.mean),
        "random_n": random.n,
        "random_mean": float(random.mean),
        **_gain(improvement(searched, random)),
        "note": few_runs(cell.searched, cell.random),
    }


def few_runs(searched: Values, random: Values) -> str:
    """Return "from n runs", and the runs of each side that has fewer than `FEWEST`; else ""."""
    sides = {"searched": searched, "random": random}
    few = {name: runs for name, runs in sides.items() if runs.size < FEWEST}
    if not few:
        return ""
    listed = [
        f"{name} {', '.join(f'{run:.2f}' for run in runs) or 'not run'}"
        for name, runs in few.items()
    ]
    return f"{from_few(searched.size, random.size)}: {'; '.join(listed)}"


def _pair_described(left: Cell, right: Cell) -> dict[str, Any]:
    return {
        "dataset": left.dataset,
        "left": left.method,
        "right": right.method,
        "statistic": left.statistic,
        "decides": left.decides,
        "compared": SEARCHED if left.baseline == right.baseline else IMPROVEMENTS,
        **_gain(difference_of_improvements(left, right)),
        "note": from_few(*_sizes(left, right)),
    }


def _gain(found: Contrast) -> dict[str, float]:
    return dict(zip(GAIN, map(float, (found.value, *found.interval())), strict=True))


def _sizes(left: Cell, right: Cell) -> tuple[int, ...]:
    """Return the numbers of the runs that are compared; those of a shared baseline are not."""
    searched = left.searched.size, right.searched.size
    shared = left.baseline == right.baseline
    return searched if shared else (*searched, left.random.size, right.random.size)


def _pair_comparison(left: Cell, right: Cell, margin: float) -> Comparison:
    enough = min(_sizes(left, right)) >= FEWEST
    if left.baseline == right.baseline:
        (searched, _), (other, _) = left.groups, right.groups
        return Comparison(difference(searched, other), margin, enough)
    baseline = max(float(cell.groups[1].mean) for cell in (left, right))
    return Comparison(
        difference_of_improvements(left, right),
        float(100 * margin / or_nan(baseline)),
        enough,
    )
