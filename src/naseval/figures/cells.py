"""Figure 7: random architectures with different numbers of cells."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from naseval.analysis.finals import best_and_last, one_dataset, summarise
from naseval.analysis.wording import counted
from naseval.figures.style import (
    ALL_DIVERGED,
    COLOURS,
    INK,
    Drawing,
    legend,
    sentence_alone,
    spread_limits,
    styled,
    tick_at,
    tick_handle,
)

REPORT_FIGURES = {
    "cells": {
        "title": "Figure 7: the number of cells",
        "paper": (
            "The paper trains random architectures with 4 to 24 cells: accuracy hardly "
            "changes beyond a few cells, so the macro-structure and the training matter more "
            "than the cell. Shown are means, spreads and maxima."
        ),
        "order": 7,
        "study": "cells",
    },
}


@styled
def draw(study: pd.DataFrame) -> Drawing:
    """Draw one bar per number of cells: mean, population std and maximum.

    `study` is the cells study (`schemas.STUDY`). A short line marks the mean of `last` if it is
    known. The plotted data are `summarise` by cells. Numbers of cells whose runs all diverged and
    are left out have no bar; the caption names them.
    """
    one_dataset(study)
    data = summarise(study.sort_values("cells", kind="stable"), ["cells"])
    data["cells"] = data["cells"].astype(int)
    best, last = best_and_last(data[data["n"] > 0])
    if best.empty:
        return sentence_alone(ALL_DIVERGED, data)
    gone = sorted({*data["cells"]} - {*best["cells"]})
    places = {cells: place for place, cells in enumerate(best["cells"])}

    figure = Figure(figsize=(4.6, 3.4))
    panel = figure.add_subplot()
    panel.bar(
        range(len(best)), best["mean"], 0.75, color=COLOURS["random"],
        yerr=best["std"], error_kw={"elinewidth": 1, "ecolor": INK, "capsize": 3},
    )  # fmt: skip
    panel.plot(
        range(len(best)), best["max"], linestyle="none", marker="o", color=COLOURS["highlight"]
    )
    for cells, mean in zip(last["cells"], last["mean"], strict=True):
        tick_at(panel, places[cells], mean, 0.45)
    panel.set_xticks(
        range(len(best)),
        [f"{cells}\nn = {n}" for cells, n in zip(best["cells"], best["n"], strict=True)],
    )
    panel.grid(axis="x", visible=False)
    ends = best["mean"] - best["std"], best["mean"] + best["std"]
    panel.set_ylim(*spread_limits(*ends, best["max"], last["mean"]))
    panel.set(xlabel="number of cells", ylabel="top-1 test accuracy (%)")
    dot = Line2D([], [], color=COLOURS["highlight"], marker="o", linestyle="none", label="maximum")
    handles = [dot, tick_handle()] if len(last) else [dot]
    legend(figure, handles)
    caption = _caption(best)
    if gone:
        numbers = " and ".join(map(str, gone))
        caption += f" All runs with {numbers} cells diverged, so there is no bar."
    return Drawing(figure, data, caption)


def _caption(best: pd.DataFrame) -> str:
    first, final = best.iloc[0], best.iloc[-1]
    change = (
        f" From {first['cells']} to {final['cells']} cells the mean changes by "
        f"{final['mean'] - first['mean']:.2f} points."
    )
    return (
        f"Test accuracy of random architectures by number of cells, {counted(best['n'])}. Bars: "
        "means of the best accuracy over epochs; error bars: one standard deviation (population "
        f"form); dots: the best architecture.{change if len(best) > 1 else ''} "
        "The axis does not start at 0."
    )
