"""Figure 6: the accuracies of two search spaces."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from naseval.analysis.finals import READINGS, STATISTICS, finals
from naseval.analysis.operations import operations
from naseval.analysis.tables import Labels, in_order
from naseval.figures.style import (
    COLOURS,
    Drawing,
    legend,
    panels,
    sentence_alone,
    styled,
)

REPORT_FIGURES = {
    "operations": {
        "title": "Figure 6: two sets of operations",
        "paper": (
            "The paper replaces most operations of the DARTS space by plain convolutions and "
            "poolings: accuracies shift only a little. Shown are the histograms of both "
            "spaces."
        ),
        "order": 6,
        "study": "operations",
        "labels": ["space_labels"],
    },
}

BINS = 15
HISTOGRAMS = (COLOURS["first histogram"], COLOURS["second histogram"])
"""The colours of the original and of the modified space."""


@styled
def draw(study: pd.DataFrame, space_labels: Labels) -> Drawing:
    """Draw one density histogram per space, in one panel for `best` and one for `last`.

    The panel of `last` is omitted if it is not known. `space_labels` gives the order of the spaces,
    the original one first. Each histogram has `BINS` bins over its own range. The plotted data have
    one row per run, with the columns space, genotype, seed, best and last. Raise `NasevalError` if
    the study does not have exactly two spaces.
    """
    table, sentence = operations(study, next(iter(space_labels)))
    data = finals(study)[["space", "genotype", "seed", "best", "last"]].reset_index(drop=True)
    if table.empty:
        return sentence_alone(sentence, data)
    spaces = in_order(data["space"], space_labels)
    known = [name for name in STATISTICS if data[name].notna().any()]
    figure = Figure(figsize=(4.2 * len(known) + 0.6, 3.3))
    axes = panels(figure, len(known))
    handles = {}
    for panel, statistic in zip(axes, known, strict=True):
        for space, colour in zip(spaces, HISTOGRAMS, strict=True):
            sample = data.loc[data["space"] == space, statistic].dropna()
            panel.hist(sample, BINS, density=True, color=colour, alpha=0.5)
            handles[space] = Patch(
                color=colour,
                alpha=0.5,
                label=f"{space_labels.get(space, space)} (n = {len(sample)})",
            )
            panel.axvline(sample.mean(), color=colour, linewidth=1.3)
        panel.set(title=READINGS[statistic], xlabel="top-1 test accuracy (%)", ylabel="density")
    for panel in axes[1:]:
        panel.sharex(axes[0])
        panel.sharey(axes[0])
        panel.autoscale_view()
    legend(figure, [*handles.values()])
    caption = (
        f"Histograms ({BINS} bins each over its own range) of the accuracies of random "
        f"architectures from two search spaces; vertical lines are the means. {sentence}"
    )
    return Drawing(figure, data, caption)
