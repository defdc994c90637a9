"""Power analysis: the detectable differences, and the runs that a smaller one requires."""

import pandas as pd
import seaborn
from matplotlib.figure import Figure

from naseval.analysis.power import PERCENT_LEVEL, PERCENT_POWER, power
from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    MAPS,
    Drawing,
    inches,
    panels,
    sentence_alone,
    styled,
    wrapped,
)

REPORT_FIGURES = {
    "power": {
        "title": "What so few runs can tell",
        "paper": (
            "Not in the paper: which differences so few searches and random architectures can "
            "detect at all, and how many runs smaller ones would take."
        ),
        "order": 12,
        "study": "benchmark",
        "labels": ["dataset_labels", "method_labels"],
    },
}

EFFECT = 0.3
"""The difference (percentage points) for which the right panel gives the number of runs."""
CELL, TITLE = 0.72, 2.0
"""The width of a column of a heat map, and the least width of a title (inches)."""
UNKNOWN = "–"
GAPS = "A dash: too few runs, or runs that do not differ. "
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
        return sentence_alone(sentence, data)
    datasets = in_order(study["dataset"], dataset_labels)
    methods = in_order(study["method"].dropna(), method_labels)
    width = max(CELL * len(datasets), TITLE)
    names = [wrapped(method_labels.get(name, name), 1.9) for name in methods]
    beside = max(inches(line, 9) for name in names for line in name.split("\n"))
    figure = Figure(figsize=(2 * width + beside + 0.6, 0.36 * len(methods) + 1.9))
    axes = panels(figure, 2, 2)
    contents = (
        ("detectable", ".2f", f"difference seen with {PERCENT_POWER} power (points)"),
        ("runs", ".0f", f"runs on each side to see {EFFECT} points"),
    )
    gaps = ""
    for panel, (column, form, title) in zip(axes, contents, strict=True):
        table = best.pivot_table(index="method", columns="dataset", values=column)
        table = table.reindex(index=methods, columns=datasets)
        # Colours show the rank, because one noisy method would make all others look alike.
        shades = table.rank() if len(methods) > 1 else table
        texts = table.map(lambda value, form=form: UNKNOWN if pd.isna(value) else f"{value:{form}}")
        gaps = GAPS if table.isna().any(axis=None) else gaps
        seaborn.heatmap(shades.fillna(0), annot=texts, fmt="", ax=panel, **SHADES)
        panel.set(title=wrapped(title, 0.85 * width, 10), xlabel="", ylabel="")
        below = [wrapped(dataset_labels.get(name, name), 1.6) for name in datasets]
        ticks = [0.5 + place for place in range(len(datasets))]
        panel.set_xticks(ticks, below, rotation=30, ha="right", rotation_mode="anchor")
    for panel, shown in zip(axes, (names, [""] * len(names)), strict=True):
        panel.set_yticks([0.5 + place for place in range(len(names))], shown, rotation=0)
    axes[1].tick_params(left=False)
    ranked = ", ranked within each dataset" if len(methods) > 1 else ""
    caption = (
        f"Welch's two-sided test at the {PERCENT_LEVEL} level, best accuracy over epochs; the "
        f"darker, the more is needed{ranked}. {gaps}{sentence}"
    )
    return Drawing(figure, data, caption)
