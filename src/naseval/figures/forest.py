"""A forest plot of every relative improvement with its interval."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from naseval.analysis.finals import READINGS
from naseval.analysis.frozen import note as frozen_note
from naseval.analysis.relative_improvement import relative_improvements
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.verdicts import Margins, with_verdicts
from naseval.figures.style import (
    INK,
    Drawing,
    legend,
    panels,
    styled,
    wrapped,
)
from naseval.figures.verdict_marks import (
    improvement_line,
    interval_notes,
    reading_handle,
    verdict_handles,
)

REPORT_FIGURES = {
    "forest": {
        "title": "Every relative improvement with its interval",
        "paper": (
            "Not in the paper: the entries of Table 1 with their intervals, in the colour of the "
            "verdict. Undecided: so few runs do not tell the method from the average architecture."
        ),
        "order": 11,
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "settings": {"margins": "margins"},
        "published": {
            "inputs": {"summaries": "studies/{source}/summaries.parquet"},
        },
        "sources": ["published", "reproduced", "recorded"],
        "reproduced": {
            "inputs": {"decisions": "decisions/benchmark.parquet"},
            "optional": {"decisions": "studies.benchmark.stepwise"},
        },
        "recorded": {
            "title": "Every relative improvement on recorded trainings",
            "paper": (
                "Not in the paper: the entries of the table with their intervals, in the colour of "
                "the verdict; black where the table has no verdicts."
            ),
            "inputs": {"searches": "studies/{source}/searches.parquet"},
            "settings": {"margins": "recorded.margins"},
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
    margins: Margins,
    summaries: pd.DataFrame | None = None,
    searches: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
) -> Drawing:
    """Draw relative improvement and its interval: one panel per dataset, one row per method.

    The plotted data are the table of `relative_improvements`, as in table 1, with verdicts by
    `margins`, `searches` and `decisions` (see `with_verdicts`). Intervals of few runs are dotted.
    """
    data, note = relative_improvements(study, summaries)
    data = with_verdicts(data, study, margins, searches, decisions)
    datasets = in_order(data["dataset"], dataset_labels)
    methods = in_order(data["method"], method_labels)
    readings = [name for name in READINGS if name in set(data["statistic"])]
    columns = min(len(datasets), 5)
    down = -(-len(datasets) // columns)
    height = max(0.32 * len(methods), 0.6) + 0.9
    figure = Figure(figsize=(max(2.1 * columns + 1.9, 5.0), height * down + 0.4))
    axes = panels(figure, len(datasets), columns)
    for index, (panel, dataset) in enumerate(zip(axes, datasets, strict=True)):
        panel.set_title(wrapped(dataset_labels.get(dataset, dataset), 1.9, 10))
        panel.set_ylim(len(methods) - 0.5, -0.5)
        names = [wrapped(method_labels.get(m, m), 1.9) for m in methods]
        panel.set_yticks(range(len(methods)), names if index % columns == 0 else [""] * len(names))
        on = data[data["dataset"] == dataset]
        if on["relative_improvement"].isna().all():
            panel.set_xticks([])
            panel.text(
                0.5, 0.5, "no method has both\nsearched and random\narchitectures here",
                transform=panel.transAxes, ha="center", va="center",
            )  # fmt: skip
            continue
        panel.axvline(0, color=INK, linewidth=0.9, linestyle="--")
        for reading in readings:
            here = on[on["statistic"] == reading]
            _lines(panel, here, methods, reading, alone=len(readings) == 1)
    figure.supxlabel("relative improvement over the average architecture (%)", fontsize=9)
    handles = verdict_handles(data.dropna(subset=["relative_improvement"])["verdict"])
    handles += [reading_handle(reading) for reading in readings if len(readings) > 1]
    if handles:
        legend(figure, handles)
    notes = f"{note}{interval_notes(data)}{frozen_note(decisions)}"
    return Drawing(figure, data, notes.replace("*", ""))


def _lines(panel: Axes, rows: pd.DataFrame, methods: list[str], reading: str, alone: bool) -> None:
    for row in rows.dropna(subset=["relative_improvement"]).to_dict("records"):
        y = methods.index(row["method"]) + (0 if alone else OFFSETS[reading])
        improvement_line(panel, y, row)
