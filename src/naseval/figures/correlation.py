"""Figure 5: the rank correlation of the accuracy at each epoch with the final one."""

import pandas as pd
from matplotlib.figure import Figure

from naseval.analysis.correlation import correlation
from naseval.analysis.intervals import PERCENT
from naseval.figures.style import (
    COLOURS,
    Drawing,
    styled,
    whole_epochs,
)

REPORT_FIGURES = {
    "correlation": {
        "title": "Figure 5: how soon the final ranking shows",
        "paper": (
            "The paper correlates the ranking at each epoch with the final one: early "
            "accuracies are a poor guide, and a moving average helps little. Shown is "
            "Kendall's tau-b by epoch, raw and smoothed."
        ),
        "order": 5,
        "study": "distribution",
    },
}


@styled
def draw(study: pd.DataFrame) -> Drawing:
    """Draw Kendall's tau-b with the last epoch against the epoch, raw and smoothed.

    `study` is the distribution study, with curves. Bands are bootstrap intervals. The plotted data
    are the table of `analysis.correlation`.
    """
    data, sentence = correlation(study)
    window = int(data["window"].iloc[0])
    figure = Figure(figsize=(5.2, 3.6))
    panel = figure.add_subplot()
    for kind, name in (
        ("raw", "raw accuracy"),
        ("smoothed", f"mean of {window} epochs"),
    ):
        panel.plot(data["epoch"], data[kind], color=COLOURS[kind], linewidth=1.2, label=name)
        band = data.dropna(subset=[f"{kind}_low"])
        panel.fill_between(
            band["epoch"], band[f"{kind}_low"], band[f"{kind}_high"], color=COLOURS[kind],
            alpha=0.18, linewidth=0,
        )  # fmt: skip
    panel.set(xlabel="epoch", ylabel="Kendall's tau-b with the last epoch")
    panel.set_xlim(0, data["epoch"].max())
    panel.set_ylim(min(0.0, data[["raw_low", "raw", "smoothed"]].min().min() - 0.02), 1.02)
    whole_epochs(panel)
    figure.legend(loc="outside upper center", ncols=2)
    caption = (
        "Correlation of the test accuracy at an epoch with that after the last epoch, "
        f"n = {data['n'].iloc[0]} architectures. The smoothed accuracy is the mean of {window} "
        "epochs, drawn at the last of them; both are ranked against the unsmoothed last epoch. "
        f"Bands: {PERCENT} bootstrap intervals over architectures. {sentence}"
    )
    return Drawing(figure, data, caption)
