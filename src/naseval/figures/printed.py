"""The cells that papers print, among random architectures of their space."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from naseval.analysis.finals import READINGS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.printed import SELECTED, percentiles, summary
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.wording import counted
from naseval.figures.style import (
    BACKGROUND,
    COLOURS,
    INK,
    READING_MARKERS,
    Drawing,
    legend,
    panels,
    sentence_alone,
    styled,
    wrapped,
)

REPORT_FIGURES = {
    "printed": {
        "title": "The cells that papers print, among random architectures",
        "paper": (
            "Not in the paper: the cells that other papers print, trained as random architectures "
            "of their space are. Where an interval crosses the dashed line, the runs do not tell "
            "the cell from the median random architecture. Their authors selected them on CIFAR-10."
        ),
        "order": 16,
        "study": "printed",
        "labels": ["dataset_labels", "space_labels"],
        "sources": ["reproduced"],
    },
}

OFFSETS = {"best": -0.16, "last": 0.16}
"""The vertical offset of a statistic from the row of its cell."""
NAMES = 2.2
"""The width of the names of cells, in inches."""


@styled
def draw(study: pd.DataFrame, dataset_labels: Labels, space_labels: Labels) -> Drawing:
    """Draw the percentile of each cell with its interval: a panel per dataset, a row per cell.

    `study` is the printed study (`schemas.STUDY`). The plotted data are those of
    `naseval.analysis.printed.percentiles`.
    """
    data = percentiles(study)
    if data["percentile"].isna().all():
        return sentence_alone("No printed cell and random architectures are trained yet.", data)
    datasets = in_order(data["dataset"], dataset_labels)
    rows = data[["space", "genotype", "label"]].drop_duplicates("genotype")
    names = [
        wrapped(f"{row['label']} ({space_labels.get(row['space'], row['space'])})", NAMES)
        for row in rows.to_dict("records")
    ]
    columns = min(len(datasets), 3)
    down = -(-len(datasets) // columns)
    lines = sum(1 + name.count("\n") for name in names)
    figure = Figure(figsize=(2.3 * columns + NAMES + 0.3, (0.24 * lines + 1.0) * down + 0.4))
    readings = [name for name in READINGS if name in set(data["statistic"])]
    places = {genotype: place for place, genotype in enumerate(rows["genotype"])}
    for index, (panel, dataset) in enumerate(
        zip(panels(figure, len(datasets), columns), datasets, strict=True)
    ):
        panel.set_title(wrapped(dataset_labels.get(dataset, dataset), 2.1, 10))
        panel.set(ylim=(len(names) - 0.5, -0.5), xlim=(-3, 103))
        panel.set_yticks(range(len(names)), names if index % columns == 0 else [""] * len(names))
        panel.axvline(50, color=INK, linewidth=0.9, linestyle="--")
        for reading in readings:
            here = data[(data["dataset"] == dataset) & (data["statistic"] == reading)]
            _points(panel, here, places, reading, alone=len(readings) == 1)
    figure.supxlabel("random architectures of its space that a cell leaves behind (%)", fontsize=9)
    if len(readings) > 1:
        handles = [
            Line2D([], [], marker=READING_MARKERS[r], color=COLOURS[r], label=READINGS[r])
            for r in readings
        ]
        legend(figure, handles)
    return Drawing(figure, data, _caption(data))


def _points(
    panel: Axes, rows: pd.DataFrame, places: dict[str, int], reading: str, alone: bool
) -> None:
    marker, colour = READING_MARKERS[reading], COLOURS[reading]
    for row in rows.dropna(subset=["percentile"]).to_dict("records"):
        y = places[row["genotype"]] + (0 if alone else OFFSETS[reading])
        panel.hlines(y, row["low"], row["high"], color=colour, linewidth=1.4)
        panel.plot(
            row["percentile"], y, marker=marker, markersize=4.5, color=colour, clip_on=False,
            markerfacecolor=BACKGROUND if pd.isna(row["low"]) else colour,
        )  # fmt: skip


def _caption(data: pd.DataFrame) -> str:
    hollow = " Hollow: no interval." if data["low"].isna().any() else ""
    return (
        "How many in a hundred random architectures of its space a printed cell leaves behind, "
        "trained by the same protocol, averaged over its trainings "
        f"({counted(data['n'])} trainings a cell, {counted(data['random_n'])} random "
        f"architectures). Lines: {PERCENT} bootstrap intervals over trainings and architectures, "
        "or exact ones over the architectures where a cell is above or below all of them."
        f"{hollow} {SELECTED} {summary(data)}"
    )
