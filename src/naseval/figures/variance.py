"""The shares of the variance of accuracy that protocol and architecture explain."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from naseval.analysis.finals import READINGS, best_and_last
from naseval.analysis.intervals import PERCENT
from naseval.analysis.variance import parts, variance
from naseval.figures.style import (
    COLOURS,
    INK,
    Drawing,
    legend,
    sentence_alone,
    styled,
)

REPORT_FIGURES = {
    "variance": {
        "title": "Protocol or architecture?",
        "paper": (
            "The paper says that the training protocol matters more than the architecture "
            "(section 4). Shown is the share of variance that either explains in the runs of "
            "Figure 3."
        ),
        "order": 13,
        "study": "protocols",
    },
}

HEIGHT = 0.36


@styled
def draw(study: pd.DataFrame) -> Drawing:
    """Draw one bar per part of the variance, with its interval.

    `study` is the protocols study. The plotted data are the table of `analysis.variance`.
    """
    data, sentence = variance(study)
    if data["share"].isna().all():
        return sentence_alone(sentence, data)
    names = parts("protocol")
    figure = Figure(figsize=(5.2, 2.5))
    panel = figure.add_subplot()
    readings = [
        (name, rows) for name, rows in zip(READINGS, best_and_last(data), strict=True) if len(rows)
    ]
    for index, (name, rows) in enumerate(readings):
        places = np.arange(len(names)) + (index - (len(readings) - 1) / 2) * HEIGHT
        panel.barh(places, rows["share"], HEIGHT, color=COLOURS[name], label=READINGS[name])
        panel.hlines(places, rows["low"], rows["high"], color=INK, linewidth=1.2)
    panel.set_yticks(range(len(names)), names)
    panel.invert_yaxis()
    panel.set_xlim(0, 100)
    panel.grid(axis="y", visible=False)
    panel.set_xlabel("share of the variance of a run's accuracy (%)")
    if len(readings) > 1:
        legend(figure, panel.containers)
    caption = (
        "Random architectures crossed with training protocols: what the accuracy of a single run "
        "depends on. The rest is their interaction and the noise of training. "
        f"Lines: {PERCENT} intervals (generalised, for normal data). {sentence}"
    )
    return Drawing(figure, data, caption)
