"""What the protocol is worth: how often the better method is named, and what would help most."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from naseval.analysis.intervals import PERCENT
from naseval.analysis.power import PERCENT_POWER
from naseval.analysis.reliability import NONE, NUMBERS, OWN, POINTS, SHARED, TRIALS, table
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.verdicts import Margins
from naseval.figures.style import (
    COLOURS,
    FAINT,
    INK,
    Drawing,
    legend,
    legend_height,
    panels,
    sentence_alone,
    styled,
    wrapped,
)

REPORT_FIGURES = {
    "reliability": {
        "title": "What the protocol is worth",
        "paper": (
            "Not in the paper, which takes 8 searches and 8 random architectures: how often so "
            "many name the better method, which difference they miss, and what to add next, where "
            "recorded trainings tell the truth."
        ),
        "order": 12,
        "sources": ["recorded"],
        "study": "benchmark",
        "inputs": {"searches": "studies/{source}/searches.parquet"},
        "settings": {"margins": "recorded.margins"},
        "labels": ["dataset_labels", "method_labels"],
    },
}

QUESTIONS = {
    NONE: "a method and the average architecture",
    SHARED: "two methods with one baseline",
    OWN: "two methods with a baseline each",
}
"""What is compared, by the column `baseline` of the table."""
WIDTHS = {NONE: 2.4, SHARED: 1.2, OWN: 1.2}
"""Of lines; the first kind is seen below the last one where they agree."""
SHADE = 0.22
"""Opacity of the bands of a kind where all of them overlap."""
Dashes = Literal["-", "--"]
CURVES = {
    "better": "better one named (% of draws)",
    "detected": f"difference found with {PERCENT_POWER} power (points, or % of RI)",
    "width": f"width of the {PERCENT} interval (points, or % of RI)",
}
"""The titles of the panels, by the columns that they show."""
NEXT = "less standard error for the price of a search (%)"
SPENT: dict[str, tuple[Dashes, str]] = {
    "by_random": ("-", "spent on random architectures"),
    "by_search": ("--", "on searches"),
}
"""Lines and labels of the last panel, by columns."""
USUAL = 8
"""The paper's number of searches, and of random architectures, which the caption tells of."""
NOTHING = (
    "No recorded table with verdicts has a method that pays in trainings and whose runs differ."
)
SIDE = 2.5
"""The width and height of a panel, in inches."""


@styled
def draw(
    study: pd.DataFrame,
    searches: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    margins: Margins,
) -> Drawing:
    """Draw one row of panels per recorded table; a line is a comparison, its colour the kind.

    The x axis has the number of searches of each method. On the line there are as many random
    architectures, and its band reaches from the fewest to the most. The plotted data, and the
    arguments, are those of `analysis.reliability.table`. Raise `NasevalError` if a table has no
    margin.
    """
    data, _, _ = table(study, searches, dataset_labels, method_labels, margins)
    if data.empty:
        return sentence_alone(NOTHING, data)
    datasets = in_order(data["dataset"], dataset_labels)
    handles = _handles(data)
    across = len(CURVES) + 1
    height = legend_height([str(handle.get_label()) for handle in handles], SIDE * across)
    figure = Figure(figsize=(SIDE * across, SIDE * len(datasets) + height))
    axes = panels(figure, across * len(datasets), across)
    for place, dataset in enumerate(datasets):
        rows = data[data["dataset"] == dataset]
        row = axes[across * place : across * (place + 1)]
        for panel, column in zip(row, CURVES, strict=False):
            _curves(panel, rows, column)
        _next(row[-1], rows)
        row[0].set_ylabel(wrapped(dataset_labels.get(dataset, dataset), SIDE - 0.6))
        if dataset == datasets[-1]:
            for panel in row:
                panel.set_xlabel("searches of each method")
    legend(figure, handles, "lower")
    names = {name: dataset_labels.get(name, name) for name in datasets}
    return Drawing(figure, data, _caption(data, names))


def _comparisons(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the kind and the rows of each comparison of two sides."""
    groups = rows.groupby(["baseline", "method", "other"], sort=False)
    return [(str(names[0]), found) for names, found in groups]


def _equal(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with as many random architectures as searches, or where none count."""
    return rows[(rows["random"] == rows["searches"]) | (rows["random"] == 0)]


def _curves(panel: Axes, rows: pd.DataFrame, column: str) -> None:
    bands = _comparisons(rows[rows["random"] > 0])
    kinds = Counter(kind for kind, _ in bands)
    for kind, found in bands:
        _band(panel, found, column, kind, SHADE / kinds[kind])
    for kind, found in _comparisons(rows):
        _line(panel, _equal(found), column, kind, "-")
    if column == "better":
        panel.set_ylim(0, 103)
    else:
        panel.set_yscale("log")
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        panel.yaxis.set_minor_locator(NullLocator())
    _finish(panel, CURVES[column])


def _band(panel: Axes, rows: pd.DataFrame, column: str, kind: str, alpha: float) -> None:
    """Draw how far a comparison reaches over the numbers of random architectures."""
    ends = rows.groupby("searches")[column].agg(["min", "max"])
    colour = COLOURS[QUESTIONS[kind]]
    x = _places(ends.index)
    panel.fill_between(x, ends["min"], ends["max"], color=colour, alpha=alpha, linewidth=0)


def _next(panel: Axes, rows: pd.DataFrame) -> None:
    """Draw what the price of one more search takes off the error, by what it buys."""
    for kind, found in _comparisons(rows):
        for column, (dashes, _) in SPENT.items():
            if kind != SHARED or column == "by_search":
                _line(panel, _equal(found), column, kind, dashes)
    panel.set_ylim(bottom=0)
    _finish(panel, NEXT)


def _line(panel: Axes, rows: pd.DataFrame, column: str, kind: str, dashes: Dashes) -> None:
    colour = COLOURS[QUESTIONS[kind]]
    panel.plot(
        _places(rows["searches"]), rows[column], dashes, color=colour, linewidth=WIDTHS[kind]
    )


def _places(numbers: Iterable[int]) -> list[int]:
    return [NUMBERS.index(int(number)) for number in numbers]


def _finish(panel: Axes, title: str) -> None:
    panel.set_title(wrapped(title, SIDE - 0.5, 10))
    panel.set_xticks(range(len(NUMBERS)), list(map(str, NUMBERS)))
    panel.set_xlim(-0.2, len(NUMBERS) - 0.8)


def _handles(data: pd.DataFrame) -> list[Artist]:
    kinds = [kind for kind in QUESTIONS if (data["baseline"] == kind).any()]
    found: list[Artist] = [
        Line2D([], [], color=COLOURS[QUESTIONS[kind]], label=QUESTIONS[kind]) for kind in kinds
    ]
    found.append(
        Patch(color=FAINT, alpha=0.4, label=f"{NUMBERS[0]} to {NUMBERS[-1]} random architectures")
    )
    lines = [
        Line2D([], [], color=INK, linestyle=dashes, label=text) for dashes, text in SPENT.values()
    ]
    return [*found, *lines]


def _caption(data: pd.DataFrame, names: Labels) -> str:
    told = " ".join(_told(data[data["dataset"] == name], label) for name, label in names.items())
    return (
        f"{TRIALS} draws of recorded searches and random architectures, whose means are the truth. "
        "A line is a comparison, with as many random architectures as searches; the shared ones of "
        "one baseline cancel. How often the better one is named depends on how much better it is, "
        f"which the table of the same name states. {told}"
    )


def _told(rows: pd.DataFrame, label: str) -> str:
    """Return a sentence on what the paper's numbers of runs are worth on a table."""
    usual = _equal(rows[rows["searches"] == USUAL])
    kinds = [(text, usual[usual["baseline"] == kind]) for kind, text in QUESTIONS.items()]
    found = "; ".join(f"of {text}, {_worth(those)}" for text, those in kinds if len(those))
    return f"On {label}, with {USUAL} of each: {found}."


def _worth(those: pd.DataFrame) -> str:
    unit = POINTS if those["unit"].iloc[0] == POINTS else "% of RI"
    return (
        f"{_range(those['better'], '.0f')} % name the better one, differences are found from "
        f"{_range(those['detected'], '.2f')} {unit} on, and the next trainings are best spent on "
        f"{_best_spent(those)}"
    )


def _range(values: pd.Series, form: str) -> str:
    ends = [f"{end:{form}}" for end in (values.min(), values.max())]
    return " to ".join(dict.fromkeys(ends))


def _best_spent(found: pd.DataFrame) -> str:
    on_searches = (found["by_search"] > found["by_random"]).unique().tolist()
    texts = {True: "searches", False: "random architectures"}
    return " or ".join(texts[choice] for choice in sorted(on_searches))
