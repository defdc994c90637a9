"""A forest plot of every relative improvement with its interval."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from naseval.analysis.relative_improvement import relative_improvements
from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    BACKGROUND,
    COLOURS,
    INK,
    READING_MARKERS,
    READINGS,
    Drawing,
    panels,
    styled,
)

REPORT_FIGURES = {
    "forest": {
        "title": "Every relative improvement with its interval",
        "paper": (
            "Not in the paper: the entries of Table 1 with their intervals. Where an interval "
            "crosses the dashed line, the runs do not tell the method from the average "
            "architecture."
        ),
        "order": 11,
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "published": {
            "inputs": {"summaries": "studies/{source}/summaries.parquet"},
        },
    },
}

OFFSETS = {"best": -0.16, "last": 0.16}
"""The vertical offset of a statistic from the row of its method."""


@styled
def draw(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    summaries: pd.DataFrame | None = None,
) -> Drawing:
    """Draw relative improvement and its interval: one panel per dataset, one row per method.

    The plotted data are the table of `relative_improvements`, as in table 1.
    """
    data, note = relative_improvements(study, summaries)
    datasets = in_order(data["dataset"], dataset_labels)
    methods = in_order(data["method"], method_labels)
    readings = [name for name in READINGS if name in set(data["statistic"])]
    columns = min(len(datasets), 5)
    down = -(-len(datasets) // columns)
    height = 0.32 * len(methods) + 0.9
    figure = Figure(figsize=(max(2.1 * columns + 1.2, 5.0), height * down + 0.4))
    axes = panels(figure, len(datasets), columns)
    for index, (panel, dataset) in enumerate(zip(axes, datasets, strict=True)):
        panel.axvline(0, color=INK, linewidth=0.9, linestyle="--")
        for reading in readings:
            here = data[(data["dataset"] == dataset) & (data["statistic"] == reading)]
            _lines(panel, here, methods, reading, alone=len(readings) == 1)
        panel.set_ylim(len(methods) - 0.5, -0.5)
        names = [method_labels.get(m, m) for m in methods]
        panel.set_yticks(range(len(methods)), names if index % columns == 0 else [""] * len(names))
        panel.set_title(dataset_labels.get(dataset, dataset))
    figure.supxlabel("relative improvement over the average architecture (%)", fontsize=9)
    if len(readings) > 1:
        figure.legend(
            handles=[
                Line2D([], [], marker=READING_MARKERS[r], color=COLOURS[r], label=READINGS[r])
                for r in readings
            ],
            loc="outside upper center",
            ncols=2,
        )
    hollow = " Hollow: no interval." if data["low"].isna().any() else ""
    return Drawing(figure, data, note.replace("*", "") + hollow)


def _lines(panel: Axes, rows: pd.DataFrame, methods: list[str], reading: str, alone: bool) -> None:
    marker, colour = READING_MARKERS[reading], COLOURS[reading]
    for row in rows.dropna(subset=["relative_improvement"]).to_dict("records"):
        y = methods.index(row["method"]) + (0 if alone else OFFSETS[reading])
        panel.hlines(y, row["low"], row["high"], color=colour, linewidth=1.4)
        face = BACKGROUND if pd.isna(row["low"]) else colour
        panel.plot(
            row["relative_improvement"], y, marker=marker, markersize=4.5, color=colour,
            markerfacecolor=face,
        )  # fmt: skip
