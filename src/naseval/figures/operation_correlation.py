"""Heat maps of the correlations between the outputs of a supernet's operations."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from naseval.analysis.operation_correlation import operation_correlation
from naseval.figures.style import (
    BACKGROUND,
    INK,
    MAPS,
    Drawing,
    panels,
    styled,
)

TITLES = {"normal": "normal cells", "reduce": "reduction cells"}


@styled
def draw(table: pd.DataFrame) -> Drawing:
    """Draw one heat map per kind of cell, with frames around the pairs that StacNAS groups.

    `table` has the columns of `analysis.operation_correlation.SCHEMA`. The plotted data are its
    means over edges.
    """
    data, sentence = operation_correlation(table)
    names = list(dict.fromkeys([*table["one"], *table["other"]]))
    kinds = list(dict.fromkeys(data["kind"]))
    figure = Figure(figsize=(3.9 * len(kinds) + 0.6, 4.2))
    axes = panels(figure, len(kinds))
    for panel, kind in zip(axes, kinds, strict=True):
        image = _map(panel, data[data["kind"] == kind], names)
        panel.set_title(TITLES[kind])
    figure.colorbar(image, ax=axes, label="mean correlation of outputs", shrink=0.7)
    caption = (
        "Correlations of the outputs of operations on the same edge of a supernet trained with "
        "all of them, each output centred over images pixel by pixel; means over the edges of "
        f"all cells of a kind. Framed pairs are in one group of StacNAS. {sentence}"
    )
    return Drawing(figure, data, caption)


def _map(panel: Axes, pairs: pd.DataFrame, names: list[str]) -> AxesImage:
    matrix = np.eye(len(names))
    for pair in pairs.to_dict("records"):
        one, other = names.index(str(pair["one"])), names.index(str(pair["other"]))
        matrix[one, other] = matrix[other, one] = pair["correlation"]
        if pair["grouped"]:
            for x, y in ((one, other), (other, one)):
                panel.add_patch(
                    Rectangle(
                        (x - 0.5, y - 0.5),
                        1,
                        1,
                        fill=False,
                        edgecolor=INK,
                        linewidth=1.6,
                    )
                )
    for (row, column), value in np.ndenumerate(matrix):
        colour = BACKGROUND if abs(value) > 0.65 else INK
        panel.text(column, row, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=7)
    image = panel.imshow(matrix, cmap=MAPS["correlation"], vmin=-1, vmax=1)
    panel.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    panel.set_yticks(range(len(names)), names)
    panel.grid(visible=False)
    return image
