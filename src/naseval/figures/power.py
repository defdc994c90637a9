"""Power analysis: the detectable differences, and the runs that a smaller one requires."""

import pandas as pd
import seaborn
from matplotlib.figure import Figure

from naseval.analysis.power import PERCENT_LEVEL, PERCENT_POWER, power
from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    MAPS,
    Drawing,
    panels,
    styled,
)

REPORT_FIGURES = {
    "power": {
        "title": "What so few runs can tell",
        "paper": (
            "Not in the paper: which differences 8 searches against 8 random architectures "
            "can detect at all, and how many runs smaller ones would take."
        ),
        "order": 12,
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
    },
}

EFFECT = 0.3
"""The difference (percentage points) for which the right panel gives the number of runs."""
SHADES = {"cmap": MAPS["amount"], "cbar": False, "linewidths": 0.8, "annot_kws": {"fontsize": 8}}


@styled
def draw(study: pd.DataFrame, dataset_labels: Labels, method_labels: Labels) -> Drawing:
    """Draw two heat maps of methods (rows) and datasets (columns).

    The left one shows the difference of mean accuracy (points) that the present runs detect with
    the power `POWER`. The right one shows the number of runs on each side that detect `EFFECT`
    points. The plotted data are the table of `analysis.power`.
    """
    data, sentence = power(study)
    best = data[(data["statistic"] == "best") & (data["effect"] == EFFECT)]
    if best.empty:
        return Drawing(_note(sentence), data, sentence)
    datasets = in_order(best["dataset"], dataset_labels)
    methods = in_order(best["method"], method_labels)
    figure = Figure(figsize=(1.5 * max(len(datasets), 2) + 2.2, 0.36 * len(methods) + 1.3))
    axes = panels(figure, 2, 2)
    contents = (
        ("detectable", ".2f", f"difference seen with {PERCENT_POWER} power (points)"),
        ("runs", ".0f", f"runs on each side to see {EFFECT} points"),
    )
    for panel, (column, form, title) in zip(axes, contents, strict=True):
        table = best.pivot_table(index="method", columns="dataset", values=column)
        table = table.reindex(index=methods, columns=datasets)
        # Colours show the rank, because one noisy method would make all others look alike.
        shades = table.rank() if len(methods) > 1 else table
        seaborn.heatmap(shades, annot=table, fmt=form, ax=panel, yticklabels=True, **SHADES)
        panel.set(title=title, xlabel="", ylabel="")
        names = [dataset_labels.get(name, name) for name in datasets]
        panel.set_xticklabels(names, rotation=30, ha="right", rotation_mode="anchor")
    axes[0].set_yticklabels([method_labels.get(name, name) for name in methods], rotation=0)
    axes[1].set_yticklabels([""] * len(methods))
    caption = (
        f"Welch's two-sided test at the {PERCENT_LEVEL} level, best accuracy over epochs; the "
        f"darker, the more is needed, ranked within each dataset. {sentence}"
    )
    return Drawing(figure, data, caption)


def _note(sentence: str) -> Figure:
    figure = Figure(figsize=(5, 1))
    figure.text(0.5, 0.5, sentence, ha="center", va="center")
    return figure
