"""Figure 5: the rank correlation of the accuracy at each epoch with the final one."""

import pandas as pd
from matplotlib.figure import Figure

from naseval.analysis.correlation import correlation
from naseval.analysis.finals import finals
from naseval.analysis.intervals import PERCENT
from naseval.figures.style import (
    ALL_DIVERGED,
    COLOURS,
    Drawing,
    legend,
    sentence_alone,
    spread_limits,
    styled,
    whole_numbers,
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


FEW = 20
"""Below so many epochs, dots mark them."""
DRAWN = ["raw", "raw_low", "raw_high", "smoothed", "smoothed_low", "smoothed_high"]


@styled
def draw(study: pd.DataFrame) -> Drawing:
    """Draw Kendall's tau-b with the last epoch against the epoch, raw and smoothed.

    `study` is the distribution study, with curves. Bands are bootstrap intervals. The plotted data
    are the table of `analysis.correlation`. Without a ranking, the figure says why there is none.
    """
    if study["test_accuracy"].isna().all():
        return sentence_alone(ALL_DIVERGED, finals(study))
    data, sentence = correlation(study)
    if data["raw"].isna().all() or len(data) == 1:
        return sentence_alone(sentence, data)
    window = int(data["window"].iloc[0])
    figure = Figure(figsize=(5.2, 3.6))
    panel = figure.add_subplot()
    for kind, name in (
        ("raw", "raw accuracy"),
        ("smoothed", f"mean of {window} epochs"),
    ):
        panel.plot(
            data["epoch"], data[kind], color=COLOURS[kind], linewidth=1.2, label=name,
            marker="o" if len(data) < FEW else None, markersize=3.5,
        )  # fmt: skip
        band = data.dropna(subset=[f"{kind}_low"])
        panel.fill_between(
            band["epoch"], band[f"{kind}_low"], band[f"{kind}_high"], color=COLOURS[kind],
            alpha=0.18, linewidth=0,
        )  # fmt: skip
    panel.set(xlabel="epoch", ylabel="Kendall's tau-b with the last epoch")
    panel.set_xlim(0, data["epoch"].max() + 0.5 * (len(data) < FEW))
    panel.set_ylim(*spread_limits(data[DRAWN], [0.0, 1.0], room=0.02))
    whole_numbers(panel.xaxis)
    legend(figure, panel.lines)
    caption = (
        "Correlation of the test accuracy at an epoch with that after the last epoch, "
        f"n = {data['n'].iloc[0]} architectures. The smoothed accuracy is the mean of {window} "
        "epochs, drawn at the last of them; both are ranked against the unsmoothed last epoch. "
        f"Bands: {PERCENT} bootstrap intervals over architectures{_places(data)}. {sentence}"
    )
    return Drawing(figure, data, caption)


def _places(data: pd.DataFrame) -> str:
    """Say at how many epochs the intervals are computed, if not at all of them."""
    known = int(data["raw_low"].notna().sum())
    return (
        f", at {known} of {len(data)} epochs and joined by lines" if 0 < known < len(data) else ""
    )
