"""Methods and baselines: what they improve on the average architecture, and what a search costs."""

from collections.abc import Collection, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from naseval.analysis.baselines import Key, Spent, Stated, devices_said, spent_on_searches
from naseval.analysis.relative_improvement import improvement_note, relative_improvements
from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    INK,
    Drawing,
    Look,
    legend,
    legend_height,
    method_looks,
    panels,
    say,
    sentence_alone,
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
        "settings": {"stated": "stated_costs"},
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
NOTHING = "No method has both a relative improvement and a cost above 0 here."


@styled
def draw(
    study: pd.DataFrame,
    histories: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    stated: Stated | None = None,
) -> Drawing:
    """Draw relative improvement by `last` over the mean seconds of a search: a panel per dataset.

    The seconds are measured, or those `stated` of searches that were done elsewhere. The legend
    names devices if there are several. The plotted data are the rows of `relative_improvements`
    with the column `seconds`. The caption names methods that are not drawn, for want of a cost
    above 0 or of a relative improvement.
    """
    data = relative_improvements(study)[0]
    data = data[data["statistic"] == DECIDES].reset_index(drop=True)
    spent = spent_on_searches(histories, stated)
    keys = zip(data["dataset"], data["method"], strict=True)
    seconds = [spent[key].seconds if key in spent else None for key in keys]
    data["seconds"] = pd.Series(seconds, dtype=float)
    known = (data["seconds"] > 0) & data["relative_improvement"].notna()
    drawn = data[known]
    if drawn.empty:
        return sentence_alone(NOTHING, data)
    datasets = in_order(data["dataset"], dataset_labels)
    methods = in_order(drawn["method"], method_labels)
    looks = method_looks([*method_labels, *in_order(data["method"], method_labels)])
    names = _names(drawn, spent, method_labels)
    columns = min(len(datasets), 3)
    down = -(-len(datasets) // columns)
    width = max(WIDTH * columns, 5.0)
    above = legend_height(list(names.values()), width)
    figure = Figure(figsize=(width, HEIGHT * down + above + 0.3))
    for panel, dataset in zip(panels(figure, len(datasets), columns), datasets, strict=True):
        panel.set_title(wrapped(dataset_labels.get(dataset, dataset), WIDTH - 0.5, 10))
        _points(panel, drawn[drawn["dataset"] == dataset], looks)
    figure.supxlabel("seconds of one search", fontsize=9)
    figure.supylabel("relative improvement (%)", fontsize=9)
    legend(figure, [_handle(looks[method], names[method]) for method in methods])
    caption = (
        f"After the last epoch. {improvement_note(drawn).replace('*', '')}"
        f"{_not_drawn(data[~known], methods, dataset_labels, method_labels)}"
        f"{devices_said(spent, drawn, method_labels)}"
    )
    return Drawing(figure, data, caption)


def _names(
    drawn: pd.DataFrame, spent: Mapping[Key, Spent], method_labels: Labels
) -> dict[str, str]:
    """Return the labels of methods, with the devices of their seconds if there are several."""
    devices: dict[str, set[str]] = {}
    for key in drawn[["dataset", "method"]].itertuples(index=False, name=None):
        devices.setdefault(key[1], set()).add(spent[key].device)
    several = len(set().union(*devices.values())) > 1
    return {
        method: method_labels.get(method, method)
        + (f", on {' and '.join(sorted(devices[method]))}" if several else "")
        for method in devices
    }


def _not_drawn(
    rows: pd.DataFrame, drawn: Collection[str], dataset_labels: Labels, method_labels: Labels
) -> str:
    """Return a sentence that names methods that are not drawn, or not on every dataset."""
    parts = []
    for method in in_order(rows["method"], method_labels):
        gone = in_order(rows.loc[rows["method"] == method, "dataset"], dataset_labels)
        where = " and ".join(dataset_labels.get(dataset, dataset) for dataset in gone)
        name = method_labels.get(method, method)
        parts.append(f"{name} on {where}" if method in drawn else name)
    if not parts:
        return ""
    missing = "for want of a cost above 0 or of a relative improvement"
    return f" Not drawn, {missing}: {', '.join(parts)}."


def _points(panel: Axes, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    if rows.empty:
        say(panel, NOTHING, WIDTH - 0.7)
        return
    panel.set_xscale("log")
    few = rows["seconds"].max() < DECADES * rows["seconds"].min()
    panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if few else (1.0,)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _place: f"{seconds:,g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.axhline(0, color=INK, linewidth=0.9, linestyle="--")
    for row in rows.to_dict("records"):
        colour, marker = looks[row["method"]]
        panel.vlines(row["seconds"], row["low"], row["high"], color=colour, linewidth=1.2)
        panel.plot(row["seconds"], row["relative_improvement"], marker=marker, color=colour)
    panel.set_xlim(rows["seconds"].min() / ROOM, rows["seconds"].max() * ROOM)
    panel.set_ylim(*spread_limits(rows[["low", "high", "relative_improvement"]], [0.0]))


def _handle(look: Look, name: str) -> Line2D:
    colour, marker = look
    return Line2D([], [], linestyle="none", marker=marker, color=colour, label=name)
