"""Figure 4: the training curves of all random architectures."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from naseval.analysis.finals import PAPER_EPOCHS, curves, finals, scaled
from naseval.figures.style import (
    COLOURS,
    FAINT,
    INK,
    Drawing,
    styled,
    whole_epochs,
)

REPORT_FIGURES = {
    "distribution": {
        "title": "Figure 4: the training of random architectures",
        "paper": (
            "The paper trains 214 random architectures to the end: they lie within a narrow "
            "range, so any good result of a search has little to distinguish itself by. Shown "
            "are all curves, their mean, and histograms at three epochs."
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
"""The epochs of the inset (paper, figure 4: 300, 450 and 600) and their colours."""
BINS = 15


@styled
def draw(study: pd.DataFrame) -> Drawing:
    """Draw every training curve in grey, their mean in black, and histograms in an inset.

    The histograms show the best accuracy of each run up to the epochs `HISTOGRAMS`, which are
    scaled to the length of the runs. The plotted data have one row per epoch, with the columns
    `epoch`, `mean`, `std` (ddof 0) and one column per run, named after its genotype and seed.
    """
    wide = curves(study)
    epochs = wide.columns.to_numpy()
    values = wide.to_numpy()
    mean = values.mean(axis=0)

    figure = Figure(figsize=(6.0, 4.2))
    panel = figure.add_subplot()
    lines = [np.column_stack([epochs, curve]) for curve in values]
    width = max(0.4, min(1.0, 40 / len(values)))
    panel.add_collection(
        LineCollection(lines, colors=FAINT, linewidths=width, alpha=0.5, rasterized=True)
    )
    panel.plot(epochs, mean, color=INK, linewidth=1.4, label="mean")
    panel.set_xlim(0, epochs[-1])
    panel.set_ylim(*_limits(values))
    whole_epochs(panel)
    panel.set(xlabel="epoch", ylabel="top-1 test accuracy (%)")
    inset = panel.inset_axes((0.34, 0.12, 0.62, 0.44))
    _histograms(inset, np.maximum.accumulate(values, axis=1))

    data = wide.T.set_axis(_names(study), axis=1)
    data.insert(0, "mean", mean)
    data.insert(1, "std", values.std(axis=0))
    data = data.rename_axis(index="epoch", columns=None).reset_index()
    return Drawing(figure, data, _caption(values))


def _limits(values: np.ndarray) -> tuple[float, float]:
    """Choose y limits that keep the lower three fifths free for the inset, after early epochs."""
    high = min(100.0, values.max() + 2)
    later = values[:, max(0, values.shape[1] // 5 - 1) :].min()
    return max(0.0, min(values.min() - 3, high - (high - later) / 0.36)), high


def _names(study: pd.DataFrame) -> list[str]:
    runs = finals(study[study["reading"] == "epoch"])
    return [f"{row['genotype']} seed {row['seed']}" for row in runs.to_dict("records")]


def _histograms(inset: Axes, best_so_far: np.ndarray) -> None:
    epochs = best_so_far.shape[1]
    histograms = {scaled(epoch, epochs): colour for epoch, colour in HISTOGRAMS.items()}
    for epoch, colour in histograms.items():
        sample = best_so_far[:, epoch - 1]
        inset.hist(sample, BINS, density=True, color=colour, alpha=0.55, label=f"epoch {epoch}")
    inset.legend(
        loc="lower center", bbox_to_anchor=(0.5, 0.98), ncols=3, handlelength=1.2, fontsize=7.5
    )
    inset.set_xlabel("best test accuracy so far (%)", fontsize=7.5)
    inset.set_ylabel("density", fontsize=7.5)
    inset.tick_params(labelsize=7.5)


def _caption(values: np.ndarray) -> str:
    best, last = values.max(axis=1), values[:, -1]
    epochs = values.shape[1]
    inset = dict.fromkeys(str(scaled(epoch, epochs)) for epoch in HISTOGRAMS)
    return (
        f"Test accuracy of {len(values)} random architectures over {epochs} epochs: each in grey, "
        f"their mean in black. Inset: histograms ({BINS} bins each over its own range) of every "
        f"architecture's best accuracy so far at epochs {', '.join(inset)}. Best over all epochs "
        f"{best.mean():.2f} ± {best.std():.2f} % (mean and population standard deviation, range "
        f"{best.min():.2f} to {best.max():.2f}); last epoch {last.mean():.2f} ± {last.std():.2f} % "
        f"(range {last.min():.2f} to {last.max():.2f})."
    )
