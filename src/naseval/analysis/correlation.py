"""Rank correlation of the accuracy at each epoch with the last (paper, section 5.1, figure 5)."""

import numpy as np
import pandas as pd

from naseval.analysis.contrasts import FEWEST
from naseval.analysis.finals import PAPER_EPOCHS, curves, finals, scaled, trained
from naseval.analysis.intervals import Values, percentile_interval, resampled_weights
from naseval.analysis.ranking import Signs, signs, tau_b

WINDOW = 20
"""The window of the trailing mean, in epochs, for runs of `PAPER_EPOCHS` (figure 5, program)."""
RESAMPLES = 1000
INTERVALS = 60
"""The approximate number of evenly spaced epochs with a bootstrap interval."""


def window_of(epochs: int) -> int:
    """Return the window of the trailing mean: `WINDOW` epochs, scaled to the length of the run.

    The window has at least 2 epochs, unless the run is shorter.
    """
    return min(epochs, max(2, scaled(WINDOW, epochs)))


def _taus(values: Values, final: Signs, weights: Signs | None) -> tuple[float, float, float]:
    matrix = signs(values)
    value = float(tau_b(matrix, final)[0])
    if weights is None:
        return value, np.nan, np.nan
    return value, *percentile_interval(tau_b(matrix, final, weights))


def correlation(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return Kendall's tau-b of the accuracy at each epoch with the last epoch's, and a sentence.

    The table has one row per epoch, counted from 1. Column `raw` is the tau-b of the accuracy at
    the epoch; `smoothed` is that of the trailing mean that ends at the epoch (NaN before the first
    full window). Both are computed against the unsmoothed accuracy of the last epoch. `trained` is
    the number of architectures, and `n` that of those counted. The columns
    `…_low` and `…_high` are the ends of the bootstrap interval over architectures at about 60
    epochs, and NaN at the others, or at all if the architectures are fewer than `FEWEST`. `window`
    is the number of epochs of the mean.
    """
    wide = curves(study)
    runs, epochs = wide.shape
    all_runs = len(trained(finals(study), "last"))
    window = window_of(epochs)
    # Round, because the rounding errors of the rolling sum would break ties.
    smooth = wide.T.rolling(window).mean().T.round(6)
    final = signs(wide[epochs].to_numpy())
    weights = resampled_weights(runs, "correlation", RESAMPLES) if runs >= FEWEST else None
    step = max(1, epochs // INTERVALS)
    rows = []
    for epoch in range(1, epochs + 1):
        drawn = weights if epoch % step == 0 or epoch == 1 else None
        row: dict[str, float] = {"epoch": epoch, "trained": all_runs, "n": runs, "window": window}
        for kind, values in (("raw", wide), ("smoothed", smooth)):
            taus = (np.nan,) * 3
            if kind == "raw" or epoch >= window:
                taus = _taus(values[epoch].to_numpy(), final, drawn)
            row |= dict(zip((kind, f"{kind}_low", f"{kind}_high"), taus, strict=True))
        rows.append(row)
    table = pd.DataFrame(rows)
    return table, _sentence(table)


def _sentence(table: pd.DataFrame) -> str:
    epochs, (runs, window) = len(table), table[["n", "window"]].iloc[0]
    if runs == 1:
        return "There is one architecture, so there is no ranking."
    if epochs == 1:
        return "The runs have one epoch, so there is no earlier ranking to compare the last with."
    if table["raw"].isna().all():
        return "All architectures are equally accurate after the last epoch: there is no ranking."
    half = table[table["epoch"] == scaled(PAPER_EPOCHS // 2, epochs)].iloc[0]
    if np.isnan(half["raw"]):
        return f"Halfway, at epoch {half['epoch']:.0f} of {epochs}, all are equally accurate."
    smoothed = f", and {half['smoothed']:.2f} for the mean of the last {window:.0f} epochs"
    return (
        f"Halfway, at epoch {half['epoch']:.0f} of {epochs}, Kendall's tau-b with the last epoch "
        f"is {half['raw']:.2f} over {runs:.0f} architectures"
        f"{'' if np.isnan(half['smoothed']) else smoothed}."
    )
