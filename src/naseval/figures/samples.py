"""Sample images of a dataset, one row per stage of the transforms."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from naseval.figures.style import (
    Drawing,
    styled,
    wrapped,
)

SIZE = 0.85  # of an image, in inches


@styled
def draw(title: str, stages: Sequence[tuple[str, NDArray[np.float64]]]) -> Drawing:
    """Draw one row per stage; a stage is a name and images (N, S, S, 3) with values in [0, 1]."""
    across = len(stages[0][1])
    figure = Figure(figsize=(SIZE * across + 1.6, SIZE * len(stages) + 0.4))
    axes = figure.subplots(len(stages), across, squeeze=False)
    for panels, (name, images) in zip(axes, stages, strict=True):
        for panel, image in zip(panels, images, strict=True):
            panel.imshow(image, interpolation="nearest")
            panel.set(xticks=[], yticks=[])
            panel.grid(False)
            panel.spines[:].set_visible(False)
        panels[0].set_ylabel(name, rotation=0, ha="right", va="center")
    figure.suptitle(wrapped(title, figure.get_figwidth() - 0.2, 10), fontsize=10)
    shape = stages[0][1].shape
    data = pd.DataFrame({"stage": [name for name, _ in stages], "images": across, "size": shape[1]})
    return Drawing(figure, data, f"Images of {title} before and after the transforms.")
