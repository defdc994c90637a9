"""Methods and baselines: what they improve on the average architecture, and what a search costs."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from naseval.analysis.baselines import mean_seconds
from naseval.analysis.relative_improvement import relative_improvements
from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    INK,
    Drawing,
    legend,
    legend_height,
    method_look,
    panels,
    say,
    spread_limits,
    styled,
    wrapped,
)

REPORT_FIGURES = {
    "baselines": {
        "title": "What a search costs and what it improves",
        "paper": (
            "Not in the paper, which asks for it (section 6): methods beside baselines of their "
            "space and protocol. Higher is better, further left is cheaper."
        ),
        "order": 12,
        "sources": ["reproduced"],
        "study": "baselines",
        "inputs": {"histories": "studies/{source}/baseline-histories.parquet"},
        "labels": ["dataset_labels", "method_labels"],
    },
}

WIDTH, HEIGHT = 3.3, 2.6
"""Size of a panel, in inches."""
DECADES = 100
"""The ratio of seconds above which only powers of 10 are labelled."""
ROOM = 3.2
"""The factor by which the axis of seconds goes beyond the cheapest and the most costly search.

So it is longer than a factor of 10, for less of which matplotlib has no logarithmic ticks.
"""
DECIDES = "last"
"""The accuracy shown, which decides."""


@styled
def draw(
    study: pd.DataFrame, histories: pd.DataFrame, dataset_labels: Labels, method_labels: Labels
) -> Drawing:
    """Draw relative improvement by `last` over the mean seconds of a search: a panel per dataset.

    The plotted data are the rows of `relative_improvements` with the column `seconds`. A method
    without measured searches is not drawn.
    """
    data, note = relative_improvements(study)
    data = data[data["statistic"] == DECIDES].reset_index(drop=True)
    spent = mean_seconds(histories)
    keys = zip(data["dataset"], data["method"], strict=True)
    data["seconds"] = pd.Series([spent.get(key) for key in keys], dtype=float)
    datasets = in_order(data["dataset"], dataset_labels)
    methods = in_order(data["method"], method_labels)
    columns = min(len(datasets), 3)
    down = -(-len(datasets) // columns)
    width = max(WIDTH * columns, 5.0)
    names = [method_labels.get(method, method) for method in methods]
    figure = Figure(figsize=(width, HEIGHT * down + legend_height(names, width) + 0.3))
    for panel, dataset in zip(panels(figure, len(datasets), columns), datasets, strict=True):
        panel.set_title(wrapped(dataset_labels.get(dataset, dataset), WIDTH - 0.5, 10))
        _points(panel, data[data["dataset"] == dataset].dropna(subset=["seconds"]))
    figure.supxlabel("seconds of one search", fontsize=9)
    figure.supylabel("relative improvement (%)", fontsize=9)
    legend(figure, [_handle(method, name) for method, name in zip(methods, names, strict=True)])
    return Drawing(figure, data, f"After the last epoch. {note.replace('*', '')}")


def _points(panel: Axes, rows: pd.DataFrame) -> None:
    panel.set_xscale("log")
    few = rows["seconds"].max() < DECADES * rows["seconds"].min()
    panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if few else (1.0,)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _place: f"{seconds:,g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.axhline(0, color=INK, linewidth=0.9, linestyle="--")
    for row in rows.dropna(subset=["relative_improvement"]).to_dict("records"):
        colour, marker = method_look(row["method"])
        panel.vlines(row["seconds"], row["low"], row["high"], color=colour, linewidth=1.2)
        panel.plot(row["seconds"], row["relative_improvement"], marker=marker, color=colour)
    if len(rows):
        panel.set_xlim(rows["seconds"].min() / ROOM, rows["seconds"].max() * ROOM)
    if rows["relative_improvement"].isna().all():
        say(panel, "No relative improvement is known here.", WIDTH - 0.7)
    else:
        panel.set_ylim(*spread_limits(rows[["low", "high", "relative_improvement"]], [0.0]))


def _handle(method: str, name: str) -> Line2D:
    colour, marker = method_look(method)
    return Line2D([], [], linestyle="none", marker=marker, color=colour, label=name)
