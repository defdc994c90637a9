"""The figures of a method's score card: relative improvement, operations, size."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from naseval.analysis.finals import READINGS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.tables import Labels, in_order
from naseval.figures.genotype import operation_label
from naseval.figures.style import (
    BACKGROUND,
    COLOURS,
    FAINT,
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

OFFSETS = {"best": -0.14, "last": 0.14}
"""The vertical offset of a statistic from the row of its dataset."""
CELLS = {"normal": "normal cells", "reduce": "reduction cells"}
WIDTH = 0.36
"""The width of the bars of operations."""
MILLION = 1e6


@styled
def improvement(rows: pd.DataFrame, dataset_labels: Labels) -> Drawing:
    """Draw relative improvement and its interval, one row per dataset, for best and last.

    `rows` is the result of `cards.improvement.improvement_table`; the plotted data are the same.
    """
    drawn = rows.dropna(subset=["relative_improvement"])
    datasets = in_order(drawn["dataset"], dataset_labels)
    figure = Figure(figsize=(6.4, 0.42 * len(datasets) + 1.0))
    panel = figure.add_subplot()
    panel.axvline(0, color=INK, linewidth=0.9, linestyle="--")
    for row in drawn.to_dict("records"):
        improvement_line(panel, datasets.index(row["dataset"]) + OFFSETS[row["statistic"]], row)
    panel.set_ylim(len(datasets) - 0.5, -0.5)
    names = [wrapped(dataset_labels[name], 2.2) for name in datasets]
    panel.set_yticks(range(len(datasets)), names)
    panel.grid(visible=False, axis="y")
    panel.set_xlabel("relative improvement over the average architecture (%)")
    legend(figure, [*verdict_handles(drawn["verdict"]), *map(reading_handle, READINGS)])
    lines = f"; lines are Welch's {PERCENT} intervals"
    caption = (
        "Relative improvement over random architectures of the same space and protocol, in the "
        f"colour of the verdict{lines if drawn['low'].notna().any() else ''}."
        f"{interval_notes(drawn)}"
    )
    return Drawing(figure, rows, caption)


@styled
def operations(rows: pd.DataFrame) -> Drawing:
    """Draw the found and the uniform share of each operation, one panel per kind of cell.

    `rows` is `analysis.chosen_operations.operations_table` with an additional column `space`; the
    plotted data are the same.
    """
    spaces = rows["space"].unique()
    most = rows.groupby("space")["operation"].nunique().max()
    figure = Figure(figsize=(6.8, (0.3 * most + 0.75) * len(spaces) + 0.35))
    axes = panels(figure, 2 * len(spaces), columns=2)
    for index, panel in enumerate(axes):
        space, cell = spaces[index // 2], list(CELLS)[index % 2]
        here = rows[(rows["space"] == space) & (rows["cell"] == cell)]
        _bars(panel, here, named=index % 2 == 0)
        panel.set_title(f"{CELLS[cell]}, n = {here['edges'].iloc[0]} edges", loc="left")
        panel.set_xlabel("share of edges (%)")
    legend(figure, axes[0].containers)
    genotypes = int(rows.groupby("space")["genotypes"].first().sum())
    caption = (
        f"Operations on the edges of {genotypes} found "
        f"{'genotype' if genotypes == 1 else 'genotypes'}, beside their shares among uniform ones."
    )
    return Drawing(figure, rows, caption)


def _bars(panel: Axes, here: pd.DataFrame, named: bool) -> None:
    places = range(len(here))
    for offset, column, colour, label in (
        (-WIDTH / 2, "share", COLOURS["searched"], "found"),
        (WIDTH / 2, "uniform", FAINT, "uniform"),
    ):
        panel.barh([y + offset for y in places], here[column], WIDTH, color=colour, label=label)
    names = [operation_label(name) for name in here["operation"]]
    panel.set_yticks(places, names if named else [""] * len(names))
    panel.set_ylim(len(here) - 0.5, -0.5)
    panel.grid(visible=False, axis="y")


@styled
def size(counted: pd.DataFrame, dataset_labels: Labels) -> Drawing:
    """Draw accuracy against multiply-accumulates: one panel per dataset, one dot per architecture.

    `counted` is the result of `cards.cost.with_accuracy`; the plotted data are the same.
    Architectures without a run are not drawn.
    """
    drawn = counted.dropna(subset=["best"])
    datasets = in_order(drawn["dataset"], dataset_labels)
    across = min(len(datasets), 3)
    figure = Figure(figsize=(max(2.9 * across, 4.2), 2.7 * -(-len(datasets) // across) + 0.4))
    looks = {"random": ("o", COLOURS["random"]), "searched": ("D", COLOURS["searched"])}
    for index, (panel, dataset) in enumerate(
        zip(panels(figure, len(datasets)), datasets, strict=True)
    ):
        here = drawn[drawn["dataset"] == dataset]
        for origin, (symbol, colour) in looks.items():
            side = here[here["origin"] == origin]
            panel.plot(
                side["macs"] / MILLION, side["best"], linestyle="none", marker=symbol,
                markersize=5.5, color=colour, markeredgecolor=BACKGROUND, markeredgewidth=0.5,
            )  # fmt: skip
        panel.set_title(wrapped(dataset_labels[dataset], 2.4, 10))
        panel.set_xlabel("multiply-accumulates (M)")
        if index % across == 0:
            panel.set_ylabel("best test accuracy (%)")
    handles = [
        Line2D([], [], linestyle="none", marker=symbol, color=colour, label=origin)
        for origin, (symbol, colour) in looks.items()
    ]
    legend(figure, handles)
    caption = (
        "Best test accuracy over epochs against the multiply-accumulates for one image, a dot per "
        "architecture."
    )
    return Drawing(figure, counted, caption)
