"""Figure 1: search methods against the average architecture of their search space."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse

from naseval.analysis.finals import STATISTICS
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.tables import Labels, counted, in_order
from naseval.figures.style import (
    BACKGROUND,
    INK,
    Drawing,
    Row,
    legend_columns,
    method_look,
    panels,
    styled,
)

REPORT_FIGURES = {
    "benchmark": {
        "title": "Figure 1: search methods against random sampling",
        "paper": (
            "The paper plots the mean accuracy of each search method against that of random "
            "architectures from the same space, trained in the same way, on five datasets: "
            "most methods lie near the diagonal, so they hardly beat the average "
            "architecture, and some lie below it. Shown are the means of best accuracies with "
            "their spread, one panel per dataset."
        ),
        "order": 1,
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
        "published": {
            "inputs": {"summaries": "studies/{source}/summaries.parquet"},
        },
    },
}


@styled
def draw(
    study: pd.DataFrame,
    dataset_labels: Labels,
    method_labels: Labels,
    summaries: pd.DataFrame | None = None,
) -> Drawing:
    """Draw one panel per dataset: random mean on the x axis, searched mean on the y axis.

    `study` is the benchmark study (`schemas.STUDY`); `summaries` replaces unpublished runs, see
    `benchmark_table`. A method is an ellipse whose full width and height are one standard deviation
    (ddof 0), with thin lines of one standard deviation to either side. A hollow marker, without
    spread, shows `last` if it is known. The plotted data are `benchmark_table` for both statistics.
    """
    tables = [benchmark_table(study, statistic, summaries) for statistic in STATISTICS]
    data = pd.concat([table for table in tables if len(table)], ignore_index=True)
    drawn = data.dropna(subset=["relative_improvement"])
    best, last = (drawn[drawn["statistic"] == statistic] for statistic in STATISTICS)
    datasets = in_order(drawn["dataset"], dataset_labels)

    handles = [
        _handle(method, method_labels.get(method, method))
        for method in in_order(drawn["method"], method_labels)
    ]
    handles.append(
        Line2D(
            [],
            [],
            color=INK,
            linestyle="--",
            linewidth=0.9,
            label="average architecture",
        )
    )

    across = min(len(datasets), 3)
    down = -(-len(datasets) // across)
    width = max(3.1 * across, 4.2)
    columns = legend_columns([str(handle.get_label()) for handle in handles], width)
    legend_height = 0.35 + 0.2 * -(-len(handles) // columns)
    figure = Figure(figsize=(width, 3.0 * down + legend_height))
    axes = panels(figure, len(datasets))
    for index, (panel, dataset) in enumerate(zip(axes, datasets, strict=True)):
        for row in last[last["dataset"] == dataset].to_dict("records"):
            _hollow(panel, row)
        for row in best[best["dataset"] == dataset].to_dict("records"):
            _method(panel, row)
        panel.axline((0, 0), slope=1, color=INK, linestyle="--", linewidth=0.9, zorder=1.5)
        _limits(panel, drawn[drawn["dataset"] == dataset])
        panel.set_title(dataset_labels.get(dataset, dataset))
        if index % across == 0:
            panel.set_ylabel("search method (%)")
        if index + across >= len(datasets):
            panel.set_xlabel("random sampling (%)")
    figure.legend(handles=handles, loc="outside lower center", ncols=columns)
    return Drawing(figure, data, _caption(best, bool(len(last))))


def _method(panel: Axes, row: Row) -> None:
    colour, marker = method_look(row["method"])
    x, y = row["random_mean"], row["searched_mean"]
    size = row["random_std"], row["searched_std"]
    panel.add_patch(Ellipse((x, y), *size, facecolor=colour, alpha=0.35, edgecolor="none"))
    panel.errorbar(
        x, y, xerr=size[0], yerr=size[1], color=colour, linewidth=0.8, marker=marker,
        markersize=5.5, markeredgecolor=BACKGROUND, markeredgewidth=0.4,
    )  # fmt: skip


def _hollow(panel: Axes, row: Row) -> None:
    colour, marker = method_look(row["method"])
    panel.plot(
        row["random_mean"], row["searched_mean"], linestyle="none", marker=marker,
        markersize=5, markerfacecolor="none", markeredgecolor=colour,
    )  # fmt: skip


def _handle(method: str, name: str) -> Line2D:
    colour, marker = method_look(method)
    return Line2D([], [], color=colour, marker=marker, linestyle="none", markersize=6, label=name)


def _limits(panel: Axes, rows: pd.DataFrame) -> None:
    """Set the limits of each axis to the extreme values of mean ∓ std, with a margin."""
    for side, set_limits in (("random", panel.set_xlim), ("searched", panel.set_ylim)):
        low = (rows[f"{side}_mean"] - rows[f"{side}_std"]).min()
        high = (rows[f"{side}_mean"] + rows[f"{side}_std"]).max()
        spare = max(0.05 * (high - low), 0.1)
        set_limits(low - spare, high + spare)


def _caption(best: pd.DataFrame, with_last: bool) -> str:
    runs = counted([*best["searched_n"], *best["random_n"]])
    return (
        "Mean best-over-epochs test accuracy of the searched architectures against that of random "
        f"architectures of the same search space and protocol; {runs} runs on each side. "
        "An ellipse is one standard deviation (population form) wide and high in all; the thin "
        "lines reach one standard deviation to either side. Methods on the dashed diagonal do as "
        "well as the average architecture, methods above it better."
        + (" Hollow markers: the means after the last epoch." if with_last else "")
    )
