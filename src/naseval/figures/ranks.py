"""Figures 8 and 9: changes of ranks between two seeds and between two depths."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from naseval.analysis.finals import READINGS
from naseval.analysis.intervals import PERCENT
from naseval.analysis.ranking import named, pairs, ranking
from naseval.analysis.wording import interval
from naseval.figures.style import (
    INK,
    MAPS,
    Drawing,
    panels,
    sentence_alone,
    styled,
    whole_numbers,
)

REPORT_FIGURES = {
    "seeds": {
        "title": "Figure 8: ranks under two seeds",
        "paper": (
            "The paper trains 32 architectures with two seeds: ranks change a great deal, "
            "because accuracies lie so close together. Shown are the ranks under both."
        ),
        "order": 8,
        "study": "seeds",
        "arguments": {"by": "seed"},
    },
    "depth": {
        "title": "Figure 9: ranks at two depths",
        "paper": (
            "The paper trains 32 architectures with 8 and with 20 cells: the ranking at one "
            "depth is a poor guide to that at the other. Shown are the ranks at both."
        ),
        "order": 9,
        "study": "depth",
        "arguments": {"by": "cells"},
    },
}


@styled
def draw(study: pd.DataFrame, by: str) -> Drawing:
    """Draw one line per architecture between its ranks under the two values of `by`.

    `by` is `seed` (figure 8) or `cells` (figure 9). Rank 1 is the least accurate; ties are
    averaged. There is one panel for `best` and, if it is known, one for `last`. The plotted data
    are `pairs` for both.
    """
    table, sentence = ranking(study, by)
    if table.empty:
        return sentence_alone(sentence, table)
    figure = Figure(figsize=(3.4 * len(table) + 0.4, 4.2))
    axes = panels(figure, len(table))
    drawn = []
    for panel, row in zip(axes, table.to_dict("records"), strict=True):
        paired = pairs(study, by, str(row["statistic"]))
        _slopes(panel, paired)
        panel.set_xticks([0, 1], [named(by, value) for value in paired.attrs["values"]])
        panel.set_title(
            f"{READINGS[str(row['statistic'])]}, n = {row['n']}\n"
            + (
                "no ranking, since all are equal"
                if np.isnan(row["tau"])
                else f"Kendall's tau {interval(row['tau'], row['low'], row['high'])}"
            )
        )
        drawn.append(paired.assign(statistic=row["statistic"], by=by))
    axes[0].set_ylabel("rank (1 = least accurate)")
    brackets = f"Brackets: {PERCENT} bootstrap intervals over architectures. "
    caption = (
        "Ranks of random architectures, each trained twice; one line per "
        "architecture, the darker the further its rank moves; ties share their mean rank. "
        f"{brackets if table['low'].notna().any() else ''}{sentence}"
    )
    return Drawing(figure, pd.concat(drawn, ignore_index=True), caption)


def _slopes(panel: Axes, paired: pd.DataFrame) -> None:
    left, right = paired["left_rank"].to_numpy(), paired["right_rank"].to_numpy()
    moved = np.abs(right - left) / max(len(paired) - 1, 1)
    order = np.argsort(moved, kind="stable")
    colours = colormaps[MAPS["change"]](0.15 + 0.85 * moved)
    lines = [[(0, left[index]), (1, right[index])] for index in order]
    panel.add_collection(LineCollection(lines, colors=colours[order], linewidths=1.2))
    for x, ranks in ((0, left), (1, right)):
        panel.plot(np.full(len(ranks), x), ranks, "o", markersize=3, color=INK)
    panel.set_xlim(-0.12, 1.12)
    panel.set_ylim(0.3, len(paired) + 0.7)
    whole_numbers(panel.yaxis)
    panel.grid(visible=False)
