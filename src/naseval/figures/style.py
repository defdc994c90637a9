"""One look for all figures, and one way to write them."""

import functools
import io
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from naseval.files import write_atomically

PALETTE = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # green
    "#D55E00",  # vermilion
    "#CC79A7",  # purple
    "#56B4E9",  # sky blue
    "#000000",
    "#8C8C8C",  # in place of Okabe and Ito's yellow, which a white page swallows
)
"""Okabe and Ito's colours, told apart by colour-blind readers too."""

MARKERS = "osD^vPX<"
"""Shapes that tell methods apart without any colour."""

RANDOM, SEARCHED, MARK = PALETTE[5], PALETTE[0], PALETTE[3]
READINGS = {"best": "best over epochs", "last": "last epoch"}
"""What people read for each statistic."""

FAINT, INK = "#B0B0B0", "#222222"

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "naseval",  # the same identifiers in every SVG of the same figure
    "savefig.dpi": 200,
    "figure.dpi": 200,
}


class Drawing(NamedTuple):
    """A figure, the data plotted in it and its caption."""

    figure: Figure
    data: pd.DataFrame
    caption: str


Row = dict[Hashable, Any]
"""One row of a tidy table."""

P = ParamSpec("P")


@contextmanager
def _house_style() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def styled(draw: Callable[P, Drawing]) -> Callable[P, Drawing]:
    """Make a drawing function draw in the house style, whatever the user's own settings."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        with _house_style():
            return draw(*args, **kwargs)

    return drawn


def colour(index: int) -> str:
    """Return the colour of the method at `index` in the order of display."""
    return PALETTE[index % len(PALETTE)]


def marker(index: int) -> str:
    """Return the marker of the method at `index`; shifted at each turn of the palette."""
    return MARKERS[(index + index // len(MARKERS)) % len(MARKERS)]


def legend_columns(labels: Sequence[str], width: float) -> int:
    """Return how many columns of a legend with these labels fit into `width` inches."""
    column = 0.6 + 0.07 * max(len(label) for label in labels)  # handle and gap, then letters
    return max(1, min(len(labels), int(width / column)))


def panels(figure: Figure, count: int, columns: int = 3) -> list[Axes]:
    """Return `count` axes on a grid of at most `columns` columns, row by row."""
    across = min(count, columns)
    grid = figure.add_gridspec(-(-count // across), across)
    return [figure.add_subplot(grid[index // across, index % across]) for index in range(count)]


def spread_limits(low: float, high: float, room: float = 0.08) -> tuple[float, float]:
    """Return axis limits that leave `room` of the span free at either end."""
    spare = room * (high - low) or 0.5
    return low - spare, high + spare


def whole_epochs(panel: Axes) -> None:
    """Label the x axis with whole numbers only."""
    panel.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))


def tick_at(panel: Axes, x: float, y: float, width: float) -> None:
    """Mark `y` by a short line across a bar of `width` around `x`: a mean after the last epoch."""
    panel.hlines(y, x - width / 2, x + width / 2, color="white", linewidth=2.4, zorder=3)
    panel.hlines(y, x - width / 2, x + width / 2, color=INK, linewidth=1.1, zorder=3)


def tick_handle() -> Line2D:
    """Return the legend entry of `tick_at`."""
    return Line2D([], [], color=INK, linewidth=1.1, label="mean after the last epoch")


def save(figure: Figure, data: pd.DataFrame, stem: str | Path) -> None:
    """Write `stem`.svg, .png and .csv (the plotted data), each whole or not at all.

    The same figure gives the same bytes: no dates, no versions, fixed identifiers.
    `NasevalError` where a file cannot be written.
    """
    with _house_style():
        for kind, metadata in (
            ("svg", {"Date": None, "Creator": None}),
            ("png", {"Software": None}),
        ):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, metadata=metadata)
            write_atomically(f"{stem}.{kind}", buffer.getvalue())
    write_atomically(f"{stem}.csv", data.to_csv(index=False, lineterminator="\n").encode())
