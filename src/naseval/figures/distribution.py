"""Figure 4: the training curves of all random architectures."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from naseval.analysis.finals import PAPER_EPOCHS, curves, finals, scaled
from naseval.analysis.wording import count
from naseval.figures.style import (
    ALL_DIVERGED,
    COLOURS,
    FAINT,
    INK,
    Drawing,
    sentence_alone,
    styled,
    whole_numbers,
)

REPORT_FIGURES = {
    "distribution": {
        "title": "Figure 4: the training of random architectures",
        "paper": (
            "The paper trains 214 random architectures to the end: they lie within a narrow "
            "range, so any good result of a search has little to distinguish itself by. Shown "
            "are all curves, their mean, and histograms of the best accuracies on the way."
        ),
        "order": 4,
        "study": "distribution",
    },
}

HISTOGRAMS = {
    PAPER_EPOCHS // 2: COLOURS["first histogram"],
    3 * PAPER_EPOCHS // 4: COLOURS["second histogram"],
    PAPER_EPOCHS: COLOURS["third histogram"],
}
"""The epochs of the histograms (paper, figure 4: 300, 450 and 600) and their colours."""
BINS = 15


@styled
def draw(study: pd.DataFrame) -> Drawing:
    """Draw every training curve in grey, their mean in black, and histograms beside them.

    The histograms show the best accuracy of each run up to the epochs `HISTOGRAMS`, which are
    scaled to the length of the runs. The plotted data have one row per epoch, with the columns
    `epoch`, `mean`, `std` (ddof 0) and one column per run, named after its genotype and seed.
    Runs of one epoch have no curves; then the figure is the histogram alone.
    """
    if study["test_accuracy"].isna().all():
        return sentence_alone(ALL_DIVERGED, finals(study))
    wide = curves(study)
    values = wide.to_numpy()
    mean = values.mean(axis=0)
    best_so_far = np.maximum.accumulate(values, axis=1)
    if values.shape[1] > 1:
        figure = Figure(figsize=(8.4, 3.4))
        left, right = figure.subplots(1, 2, width_ratios=(4, 3))
        _curves(left, wide.columns.to_numpy(), values, mean)
        _histograms(right, best_so_far)
    else:
        figure = Figure(figsize=(4.6, 3.0))
        _histograms(figure.add_subplot(), best_so_far)

    data = wide.T.set_axis(_names(study), axis=1)
    data.insert(0, "mean", mean)
    data.insert(1, "std", values.std(axis=0))
    data = data.rename_axis(index="epoch", columns=None).reset_index()
    return Drawing(figure, data, _caption(values))


def _curves(panel: Axes, epochs: np.ndarray, values: np.ndarray, mean: np.ndarray) -> None:
    lines = [np.column_stack([epochs, curve]) for curve in values]
    width = max(0.4, min(1.0, 40 / len(values)))
    panel.add_collection(
        LineCollection(lines, colors=FAINT, linewidths=width, alpha=0.5, rasterized=True)
    )
    panel.plot(epochs, mean, color=INK, linewidth=1.4, label="mean")
    panel.set_xlim(0, epochs[-1])
    panel.set_ylim(max(0.0, values.min() - 3), min(100.0, values.max() + 2))
    whole_numbers(panel.xaxis)
    panel.set(xlabel="epoch", ylabel="top-1 test accuracy (%)")


def _names(study: pd.DataFrame) -> list[str]:
    runs = finals(study[study["reading"] == "epoch"]).dropna(subset=["last"])
    return [f"{row['genotype']} seed {row['seed']}" for row in runs.to_dict("records")]


def _histograms(panel: Axes, best_so_far: np.ndarray) -> None:
    epochs = best_so_far.shape[1]
    histograms = {scaled(epoch, epochs): colour for epoch, colour in HISTOGRAMS.items()}
    for epoch, colour in histograms.items():
        sample = best_so_far[:, epoch - 1]
        panel.hist(sample, BINS, density=True, color=colour, alpha=0.55, label=f"epoch {epoch}")
    panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, handlelength=1.2)
    panel.set(xlabel="best test accuracy so far (%)", ylabel="density")


def _caption(values: np.ndarray) -> str:
    best, last = values.max(axis=1), values[:, -1]
    epochs = values.shape[1]
    shown = dict.fromkeys(str(scaled(epoch, epochs)) for epoch in HISTOGRAMS)
    many = count(len(values), "random architecture")
    if epochs == 1:
        return (
            f"Histogram ({BINS} bins) of the test accuracy of {many} after one epoch, so there are "
            f"no curves: {_described(best)}."
        )
    return (
        f"Left: test accuracy of {many} over {epochs} epochs, each in grey, "
        f"their mean in black. Right: histograms ({BINS} bins each over its own range) of every "
        f"architecture's best accuracy so far at epochs {', '.join(shown)}. Best over all epochs "
        f"{_described(best)}; last epoch {_described(last)}."
    )


def _described(values: np.ndarray) -> str:
    if np.ptp(values) == 0:
        return f"{values[0]:.2f} %" + (" for all" if len(values) > 1 else "")
    return (
        f"{values.mean():.2f} ± {values.std():.2f} % (mean and population standard deviation, "
        f"range {values.min():.2f} to {values.max():.2f})"
    )
