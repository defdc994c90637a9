"""Two-way analysis of variance: architecture and protocol, or architecture and seed.

Only for crossed designs: every architecture that counts has a run in every column.
"""

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import FEWEST
from naseval.analysis.finals import READINGS, STATISTICS, finals, one_dataset, trained
from naseval.analysis.intervals import (
    PERCENT,
    RESAMPLES,
    ROUNDING,
    Values,
    percentile_interval,
)
from naseval.analysis.tables import escaped
from naseval.analysis.wording import count, interval
from naseval.randomness import stream

REPORT_TABLES = {
    "variance": {
        "title": "How much of the spread is the protocol's?",
        "paper": (
            "The paper says that the training protocol matters more than the architecture "
            "(section 4). Shown is the two-way analysis of the runs of Figure 3."
        ),
        "order": 4,
        "study": "protocols",
        "arguments": {"by": "protocol"},
    },
    "seeds-variance": {
        "title": "How much of the spread is the seed's?",
        "paper": (
            "The paper compares ranks under two seeds (section 5.3). Shown is how much of the "
            "variance of single runs is the architecture's, and how much is training's."
        ),
        "order": 7,
        "study": "seeds",
        "arguments": {"by": "seed"},
    },
}


NOTE = (
    " *Of a run*: of the variance of single runs, each of a random architecture under one of the "
    f"{{by}}s, with {PERCENT} intervals (generalised, for normal data). *Of the squares*: of the "
    "sums of squares, in which an architecture has some of the rest. Both in per cent."
)


def parts(by: str) -> tuple[str, str, str]:
    """Return the parts that variance is split into, e.g. protocol, architecture and rest."""
    return by, "architecture", "rest"


def sums_of_squares(layout: Values) -> Values:
    """Return the sums of squares of columns, architectures and rest.

    `layout` holds accuracies, (…, architectures, columns), one per combination. The result has
    the shape (3, …). The three add up to the total sum of squares about the grand mean.
    """
    architectures, columns = layout.shape[-2:]
    grand = layout.mean(axis=(-2, -1))
    by_column = layout.mean(axis=-2) - grand[..., None]
    by_architecture = layout.mean(axis=-1) - grand[..., None]
    total = ((layout - grand[..., None, None]) ** 2).sum(axis=(-2, -1))
    column = architectures * (by_column**2).sum(axis=-1)
    architecture = columns * (by_architecture**2).sum(axis=-1)
    return np.stack([column, architecture, total - column - architecture])


def components(squares: Values, architectures: int, columns: int) -> Values:
    """Return the components of the variance of a single run: columns, architectures and rest.

    A run is one of a random architecture under one of the columns at random. The components are
    solved from the expected mean squares of a two-way layout without replicates; an estimate below
    0 counts as 0. `squares` and the result have the shape (3, …).
    """
    freedom = np.array(_freedom(architectures, columns), dtype=float)
    mean = squares / freedom.reshape(3, *[1] * (squares.ndim - 1))
    rest = np.maximum(mean[2], 0.0)
    column = (mean[0] - rest) * (columns - 1) / (architectures * columns)
    return np.asarray(np.maximum([column, (mean[1] - rest) / columns, rest], 0.0))


def likely_components(squares: Values, architectures: int, columns: int) -> Values:
    """Draw components that may lie behind these sums of squares (3,), as (3, `RESAMPLES`).

    These are generalised pivotal quantities (Weerahandi 1993, Journal of the American Statistical
    Association 88): for normal data the sums of squares of architectures and rest, divided by their
    expected mean squares, have chi-square distributions. That of the columns, divided by the
    variance of the rest, has a noncentral one, whose root is nearly normal. The draws depend only
    on the numbers of architectures and columns.
    """
    rng = stream("variance", architectures, columns)
    of_columns, of_architectures, of_rest = _freedom(architectures, columns)
    rest = squares[2] / rng.chisquare(of_rest, RESAMPLES)
    between = squares[1] / rng.chisquare(of_architectures, RESAMPLES)
    root = np.maximum(np.sqrt(squares[0] / rest) - rng.normal(size=RESAMPLES), 0.0)
    column = rest * (root**2 - (of_columns - 1)) / (architectures * columns)
    return np.asarray(np.maximum([column, (between - rest) / columns, rest], 0.0))


def _freedom(architectures: int, columns: int) -> list[int]:
    return [columns - 1, architectures - 1, (columns - 1) * (architectures - 1)]


def _layout(study: pd.DataFrame, by: str, statistic: str) -> pd.DataFrame:
    """Return accuracies, one row per random architecture and one column per value of `by`.

    Values of `by` under which all architectures diverged are omitted; `attrs["diverged"]` has them.
    Architectures that were not trained under all others, or diverged under one, are omitted;
    `attrs["trained"]` counts them too.
    """
    random = trained(finals(study), statistic).query("origin == 'random'")
    means = random.groupby(["genotype", by])[statistic].mean().unstack(by)
    counted = means.dropna(axis="columns", how="all")
    layout = counted.dropna()
    layout.attrs = {
        "trained": len(means),
        "diverged": [str(name) for name in means.columns.difference(counted.columns, sort=False)],
    }
    return layout


def _table(layout: pd.DataFrame, by: str, statistic: str) -> pd.DataFrame:
    values = layout.to_numpy()
    shape = values.shape
    squares = sums_of_squares(values)
    ends = [(np.nan, np.nan)] * 3
    if shape[0] >= FEWEST and squares[2] > ROUNDING:
        ends = [percentile_interval(part) for part in _shares(likely_components(squares, *shape))]
    lows, highs = zip(*ends, strict=True)
    return pd.DataFrame(
        {
            "statistic": statistic,
            "part": parts(by),
            "trained": layout.attrs["trained"],
            "architectures": shape[0],
            f"{by}s": shape[1],
            "freedom": _freedom(*shape),
            "squares": squares,
            "of_squares": _shares(squares),
            "share": _shares(components(squares, *shape)),
            "low": lows,
            "high": highs,
        }
    )


def _shares(of: Values) -> Values:
    """Return each part in per cent of the sum along the first axis; NaN if that is 0."""
    with np.errstate(invalid="ignore"):
        return np.asarray(100 * of / of.sum(axis=0))


def variance(study: pd.DataFrame, by: str = "protocol") -> tuple[pd.DataFrame, str]:
    """Return the shares of variance in a study of architectures crossed with `by`, and a sentence.

    The variance of the accuracies of random architectures under every value of `by`, a protocol or
    a seed (means over what else differs), is split into that of `by`, of the architecture and the
    rest (their interaction and the training noise). The table has one row per statistic and `part`.
    Columns: the numbers of architectures `trained`, of those counted, `architectures`, and of
    `protocols` or `seeds`; the degrees of `freedom`, the sums of `squares`; the per cent
    `of_squares`, of their sum; and the `share` (per cent) of the variance of a single run (see
    `components`) with its interval `low` to `high` (see `likely_components`), NaN for fewer than
    `FEWEST` architectures. The mean of an architecture over few runs has much of the rest in it,
    which counts in `of_squares` and not in `share`. The table is empty if no two architectures
    have accuracies under all of two or more protocols or seeds, as the sentence then says. It names
    those under which all architectures diverged, which do not count. Raise `NasevalError` if the
    runs are not on exactly one dataset.
    """
    one_dataset(study)
    layouts = {name: _layout(study, by, name) for name in STATISTICS}
    tables = [_table(one, by, name) for name, one in layouts.items() if min(one.shape) > 1]
    left_out = _left_out(layouts["best"], by)
    if not tables:
        return pd.DataFrame(columns=["statistic", "part", "share"]), (
            f"No two random architectures have accuracies under all of two or more {by}s, so there "
            f"is no variance to divide.{left_out}"
        )
    return pd.concat(tables, ignore_index=True), f"{_sentence(tables[0], by)}{left_out}"


def _left_out(layout: pd.DataFrame, by: str) -> str:
    """Return sentences on the architectures and columns that were left out; empty if none was."""
    gone, names = layout.attrs["trained"] - len(layout), layout.attrs["diverged"]
    some, all_of = "", ""
    if gone:
        number = count(gone, "architecture")
        some = f" Left out, since not trained under all of them, or diverged: {number}."
    if names:
        all_of = f" Left out, since all random architectures diverged: {by} {', '.join(names)}."
    return f"{all_of}{some}"


def table(study: pd.DataFrame, by: str) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the table of `variance`, the same as people read it, and a note."""
    tidy, sentence = variance(study, by)
    shown = [
        {
            "accuracy": row["statistic"],
            "part": row["part"],
            "architectures": row["architectures"],
            f"{by}s": row[f"{by}s"],
            "of a run, %": interval(row["share"], row["low"], row["high"], digits=1),
            "of the squares, %": interval(row["of_squares"], np.nan, np.nan, digits=1),
        }
        for row in tidy.to_dict("records")
    ]
    readable = pd.DataFrame(shown, columns=None if shown else ["accuracy", "part"])
    return tidy, readable, f"{escaped(sentence)}{NOTE.format(by=by) if shown else ''}"


def _sentence(first: pd.DataFrame, by: str) -> str:
    rows = first.to_dict("records")  # in the order of `parts`
    read = READINGS[rows[0]["statistic"]]
    over = f"Over {rows[0]['architectures']} architectures × {rows[0][f'{by}s']} {by}s"
    if np.isnan(rows[0]["share"]):
        return f"{over} all accuracies are equal: there is no variance to divide."
    shares = [interval(row["share"], row["low"], row["high"], digits=0) for row in rows]
    if by == "seed":
        value, low, high = (100 - rows[1][name] for name in ("share", "high", "low"))
        others = interval(value, low, high, digits=0)
        return (
            f"{over} the architecture accounts for {shares[1]} % of the variance of a single "
            f"run's accuracy ({read}), and what differs between two trainings of it for "
            f"{others} %."
        )
    return (
        f"{over} the {by} accounts for {shares[0]} % of the variance of a single run's accuracy "
        f"({read}), the architecture for {shares[1]} %."
    )
