"""How well supernets rank random architectures, by epoch of the search."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from naseval.analysis.intervals import PERCENT
from naseval.analysis.supernet import (
    POOL,
    SUPERNET,
    TRAINING,
    agreements,
    supernets,
)
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.wording import counted
from naseval.figures.style import (
    FAINT,
    INK,
    METHOD_LOOKS,
    Drawing,
    Look,
    legend,
    legend_height,
    method_looks,
    panels,
    sentence_alone,
    spread_limits,
    styled,
    wrapped,
)
from naseval.schemas import UNTRAINED

REPORT_FIGURES = {
    "supernet": {
        "title": "Is the supernet telling the truth?",
        "paper": (
            "Not in the paper: how well the shared weights of a search rank random architectures "
            "of its space as trainings from scratch do, by epoch of the search."
        ),
        "order": 17,
        "sources": ["reproduced"],
        "study": "supernet",
        "inputs": {"scores": "studies/{source}/supernet-scores.parquet"},
        "labels": ["dataset_labels", "method_labels"],
        "settings": {"seeds": "studies.supernet.seeds"},
    },
}

WIDTH, HEIGHT = 2.7, 2.3
"""Size of a panel, in inches."""
NAMES = {
    SUPERNET: "supernet of the method",
    "parameters": "number of parameters",
    "nwot": "NWOT, untrained",
    "synflow": "synflow, untrained",
    TRAINING: "another training",
}
BESIDE = (*UNTRAINED, TRAINING)
"""What is drawn to the right of the epochs, in this order."""
EDGE: dict[str, Any] = {"markeredgewidth": 2.5}
"""So that markers that are lines are wider than the intervals through them."""
STATISTIC = "last"
"""The accuracy that scores are compared with, which decides."""


@styled
def draw(
    study: pd.DataFrame,
    scores: pd.DataFrame,
    seeds: Sequence[int],
    dataset_labels: Labels,
    method_labels: Labels,
) -> Drawing:
    """Draw tau with its interval by epoch of the search: a panel per dataset and method.

    To the right of the epochs are the scores of untrained networks and another training. The
    plotted data are the rows of `analysis.supernet.agreements` for the last epoch's accuracy.
    """
    tidy = agreements(study, scores, seeds)
    data = tidy[tidy["statistic"] == STATISTIC].reset_index(drop=True)
    if data["tau"].isna().all():
        return sentence_alone("No two architectures are ranked both by a score and a run.", data)
    own = dict(iter(supernets(data).groupby(["dataset", "method"])))
    datasets = in_order(data["dataset"], dataset_labels)
    methods = in_order(supernets(data)["method"], method_labels)
    looks = method_looks([*method_labels, *methods])
    cells = [(d, m) for d in datasets for m in methods if (d, m) in own]
    columns = min(len(cells), 3)
    width = max(WIDTH * columns, 5.0)
    down = -(-len(cells) // columns)
    figure = Figure(
        figsize=(width, HEIGHT * down + legend_height(list(NAMES.values()), width) + 0.3)
    )
    for panel, cell in zip(panels(figure, len(cells), columns), cells, strict=True):
        names = [method_labels.get(cell[1], cell[1])]
        names += [dataset_labels.get(cell[0], cell[0])] * (len(datasets) > 1)
        panel.set_title(wrapped(", ".join(names), width / columns - 0.6, 10))
        _panel(panel, own[cell], _beside(data, own[cell]), looks[cell[1]])
        panel.set_ylim(*spread_limits(data[["tau", "low", "high"]], [0.0, 1.0], room=0.03))
    figure.supxlabel("epoch of the search", fontsize=9)
    figure.supylabel("Kendall's tau-b with trained accuracy", fontsize=9)
    legend(figure, [_handle(score) for score in NAMES])
    return Drawing(figure, data, _caption(data, seeds, method_labels))


def _beside(data: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Return the other rankings of the architectures that a supernet scores."""
    others = data[data["score"] != SUPERNET]
    return others.merge(own[POOL].drop_duplicates(), on=POOL)


def _panel(panel: Axes, own: pd.DataFrame, others: pd.DataFrame, look: Look) -> None:
    known = own.dropna(subset=["tau"])
    colour, marker = look
    panel.axhline(0, color=INK, linewidth=0.9, linestyle="--")
    panel.plot(known["done"], known["tau"], color=colour, marker=marker, linewidth=1.2)
    panel.vlines(known["done"], known["low"], known["high"], color=colour, linewidth=1.2)
    last = max(float(own["done"].max()), 1.0)
    panel.axvline(1.06 * last, color=FAINT, linewidth=0.6)
    for row in others.to_dict("records"):
        place = last * (1.12 + 0.08 * BESIDE.index(row["score"]))
        colour, marker = _look(row["score"])
        panel.plot([place], [row["tau"]], color=colour, marker=marker, linestyle="none", **EDGE)
        panel.vlines([place], [row["low"]], [row["high"]], color=colour, linewidth=1.2)
    panel.set_xlim(-0.05 * last, last * (1.18 + 0.08 * (len(BESIDE) - 1)))
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10], integer=True).tick_values(0, last)
    panel.set_xticks([tick for tick in ticks if 0 <= tick <= last])


def _look(score: str) -> Look:
    return Look(INK, "o") if score == TRAINING else METHOD_LOOKS[score]


def _handle(score: str) -> Line2D:
    if score == SUPERNET:
        return Line2D([], [], color=INK, linewidth=1.2, label=NAMES[score])
    colour, marker = _look(score)
    return Line2D([], [], linestyle="none", marker=marker, color=colour, label=NAMES[score], **EDGE)


def _caption(data: pd.DataFrame, seeds: Sequence[int], method_labels: Labels) -> str:
    own = supernets(data)
    return (
        "Kendall's tau-b between scores of random architectures and their test accuracy after the "
        f"last epoch of a training from scratch (seed {seeds[0]}), with {PERCENT} bootstrap "
        f"intervals over architectures ({counted(own['architectures'])}); scored searches of each "
        f"method: {counted(own['searches'])}{_mean(own)}. Epoch 0 is the supernet as it begins. To "
        "the right: scores of networks that nobody trained, and another training of the same "
        "architectures."
        f"{_without_score(own, method_labels)}"
    )


def _mean(own: pd.DataFrame) -> str:
    """Say how several searches become one line."""
    return (
        ", whose mean is drawn; a search that stopped early keeps its last scores"
        if own["searches"].max() > 1
        else ""
    )


def _without_score(own: pd.DataFrame, method_labels: Labels) -> str:
    """Return a sentence on the supernets that cannot score every architecture at their end."""
    ends = own.groupby(["dataset", "method"], sort=False).tail(1)
    gone = [
        f"{method_labels.get(row['method'], row['method'])} scores {row['n']} of "
        f"{row['architectures']}"
        for row in ends.to_dict("records")
        if row["n"] < row["architectures"]
    ]
    return f" Supernets that lack operations at the end: {', '.join(gone)}." if gone else ""
