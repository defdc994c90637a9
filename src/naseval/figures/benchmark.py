"""Figure 1: search methods against the average architecture of their search space."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from naseval.analysis.finals import READINGS, STATISTICS
from naseval.analysis.frozen import note as frozen_note
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.verdicts import Margins, with_verdicts
from naseval.analysis.wording import counted, interval, spread
from naseval.figures.style import (
    BACKGROUND,
    INK,
    Drawing,
    Look,
    Row,
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
from naseval.figures.svg import say_on_hover
from naseval.figures.verdict_marks import verdict_colour, verdict_handles

REPORT_FIGURES = {
    "benchmark": {
        "title": "Figure 1: search methods against random sampling",
        "paper": (
            "The paper plots the mean accuracy of each search method against that of random "
            "architectures from the same space, trained in the same way: there most methods lie "
            "near the diagonal, so they hardly beat the average architecture, and some lie below "
            "it. Shown are the means of best accuracies with their spread, one panel per dataset, "
            "in the colour of the verdict."
        ),
        "order": 1,
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
            "inputs": {"searches": "studies/{source}/searches.parquet"},
            "settings": {"margins": "recorded.margins"},
            "title": "Figure 1 on recorded trainings",
            "paper": (
                "Not in the paper: baselines on tables of trainings that others did, drawn as "
                "Figure 1. A panel is a table, random sampling all of its architectures. Where a "
                "table has one accuracy of a training, that stands for the best over epochs."
            ),
        },
    },
}

ACROSS = 3
"""Panels beside each other."""
NOTHING = "No method has both searched and random architectures here."


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
    """Draw one panel per dataset: random mean on the x axis, searched mean on the y axis.

    `study` is the benchmark study (`schemas.STUDY`); `summaries` replaces unpublished runs, see
    `benchmark_table`; `margins`, `searches` and `decisions` are those of `with_verdicts`. A method
    is an ellipse whose full width and height are one standard deviation (ddof 0), with thin lines
    of one standard deviation to either side; its marker is the method's, its colour the verdict's.
    A hollow marker, without spread, shows `last` if it is known. The plotted data are
    `benchmark_table` for both statistics, with verdicts.
    """
    tables = [benchmark_table(study, statistic, summaries) for statistic in STATISTICS]
    data = pd.concat([table for table in tables if len(table)], ignore_index=True)
    data = with_verdicts(data, study, margins, searches, decisions)
    drawn = data.dropna(subset=["random_mean", "searched_mean"])
    if drawn.empty:
        return sentence_alone(NOTHING, data)
    looks = method_looks([*method_labels, *in_order(drawn["method"], method_labels)])
    drawn = drawn.assign(
        said=[_said(row, dataset_labels, method_labels) for row in drawn.to_dict("records")],
        marker=drawn["method"].map(lambda method: looks[method].marker),
    )
    best, last = (drawn[drawn["statistic"] == statistic] for statistic in STATISTICS)
    datasets = in_order(data["dataset"], dataset_labels)
    handles = _handles(drawn, method_labels)
    figure, axes = _canvas(len(datasets), handles)
    for panel, dataset in zip(axes, datasets, strict=True):
        panel.set_title(wrapped(dataset_labels.get(dataset, dataset), 2.7, 10))
        _panel(panel, *(rows[rows["dataset"] == dataset] for rows in (best, last)))
    legend(figure, handles, "lower")
    caption = f"{_caption(best, bool(len(last)))}{frozen_note(decisions)}"
    return Drawing(figure, data, caption.replace("*", ""))


def _canvas(datasets: int, handles: Sequence[Artist]) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel for each dataset and room for the legend."""
    across = min(datasets, ACROSS)
    width = max(3.1 * across, 4.2)
    below = legend_height([str(handle.get_label()) for handle in handles], width)
    figure = Figure(figsize=(width, 3.0 * -(-datasets // across) + below))
    axes = panels(figure, datasets, ACROSS)
    for panel in axes[::across]:
        panel.set_ylabel("search method (%)")
    for panel in axes[-across:]:
        panel.set_xlabel("random sampling (%)")
    return figure, axes


def _panel(panel: Axes, best: pd.DataFrame, last: pd.DataFrame) -> None:
    """Draw the methods on one dataset, or say that there is none."""
    if best.empty and last.empty:
        say(panel, NOTHING, 2.4)
        return
    for row in last.to_dict("records"):
        _hollow(panel, row)
    for row in best.to_dict("records"):
        _method(panel, row)
    panel.axline((0, 0), slope=1, color=INK, linestyle="--", linewidth=0.9, zorder=1.5)
    _limits(panel, pd.concat([best, last]))


def _handles(drawn: pd.DataFrame, method_labels: Labels) -> list[Artist]:
    """Return the entries of the legend: methods, verdicts and the diagonal."""
    methods = in_order(drawn["method"], method_labels)
    markers = dict(zip(drawn["method"], drawn["marker"], strict=True))
    diagonal = Line2D(
        [], [], color=INK, linestyle="--", linewidth=0.9, label="average architecture"
    )
    return [
        *(_handle(markers[method], method_labels.get(method, method)) for method in methods),
        *verdict_handles(drawn["verdict"]),
        diagonal,
    ]


def _method(panel: Axes, row: Row) -> None:
    colour, marker = _look(row)
    x, y = row["random_mean"], row["searched_mean"]
    size = row["random_std"], row["searched_std"]
    area = Ellipse((x, y), *size, facecolor=colour, alpha=0.35, edgecolor="none")
    panel.add_patch(area)
    mark, *_ = panel.errorbar(
        x, y, xerr=size[0], yerr=size[1], color=colour, linewidth=0.8, marker=marker,
        markersize=5.5, markeredgecolor=BACKGROUND, markeredgewidth=0.4,
    )  # fmt: skip
    for artist in (area, mark):
        say_on_hover(artist, row["said"])


def _said(row: Row, dataset_labels: Labels, method_labels: Labels) -> str:
    """Return what shows on hover: method, dataset, means with spreads and n, RI, verdict."""
    method, dataset = row["method"], row["dataset"]
    sides = [
        f"{side} {spread(*(row[f'{side}_{name}'] for name in ('mean', 'std', 'n')))} % "
        f"(n = {row[f'{side}_n']:.0f})"
        for side in ("searched", "random")
    ]
    gain = interval(*(row[name] for name in ("relative_improvement", "low", "high")))
    name = f"{method_labels.get(method, method)} on {dataset_labels.get(dataset, dataset)}"
    parts = [*sides, f"relative improvement {gain} %", row["verdict"]]
    return f"{name}, {READINGS[row['statistic']]}: {'; '.join(filter(None, parts))}"


def _look(row: Row) -> Look:
    """Return the colour of the verdict and the marker of the method."""
    return Look(verdict_colour(row["verdict"]), row["marker"])


def _hollow(panel: Axes, row: Row) -> None:
    colour, marker = _look(row)
    (mark,) = panel.plot(
        row["random_mean"], row["searched_mean"], linestyle="none", marker=marker,
        markersize=5, markerfacecolor="none", markeredgecolor=colour,
    )  # fmt: skip
    say_on_hover(mark, row["said"])


def _handle(marker: Any, name: str) -> Line2D:
    return Line2D([], [], color=INK, marker=marker, linestyle="none", markersize=6, label=name)


def _limits(panel: Axes, rows: pd.DataFrame) -> None:
    """Set the limits of each axis to the extreme values of mean ∓ std, with a margin."""
    for side, set_limits in (("random", panel.set_xlim), ("searched", panel.set_ylim)):
        mean, std = rows[f"{side}_mean"], rows[f"{side}_std"]
        set_limits(*spread_limits(mean - std, mean + std))


def _caption(best: pd.DataFrame, with_last: bool) -> str:
    runs = counted([*best["searched_n"], *best["random_n"]], "run")
    return (
        "Mean best-over-epochs test accuracy of the searched architectures against that of random "
        f"architectures of the same search space and protocol; {runs} on each side. "
        "An ellipse is one standard deviation (population form) wide and high in all; the thin "
        "lines reach one standard deviation to either side. Methods on the dashed diagonal do as "
        "well as the average architecture, methods above it better; colours are the verdicts."
        + (" Hollow markers: the means after the last epoch." if with_last else "")
    )
