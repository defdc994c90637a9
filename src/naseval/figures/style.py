"""The common style of all figures, and the function that writes them."""

import functools
import hashlib
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

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK = "#CC79A7", "#56B4E9", "#000000"
GREY = "#8C8C8C"  # replaces Okabe and Ito's yellow, which is hard to see on white
"""Okabe and Ito's palette, which colour-blind readers can distinguish."""

INK, BACKGROUND, FAINT, GRID = "#222222", "#FFFFFF", "#B0B0B0", "#E6E6E6"
"""Colours of text, axes and error bars; the page; marks behind the data; and grid lines."""

COLOURS = {
    "random": SKY,  # architectures, by origin
    "searched": BLUE,
    "fixed": BLUE,
    "random extremes": "#2F7FB0",  # dots on a bar: minimum and maximum
    "fixed extremes": "#00324F",
    "best": BLUE,  # accuracies, by reading
    "last": ORANGE,
    "raw": BLUE,
    "smoothed": VERMILION,
    "cost": ORANGE,
    "highlight": VERMILION,  # the best of many, a front, a result
    "first histogram": BLUE,
    "second histogram": VERMILION,
    "third histogram": GREEN,
}
"""The colours of data by meaning; the other modules of figures do not define colours."""

MAPS = {"amount": "Blues", "change": "viridis_r", "correlation": "RdBu_r"}
"""Colour maps by meaning."""

OPERATION_COLOURS = {
    "skip": "#E4E4E4",
    "max": "#FBE3B5",
    "avg": "#FDF0D5",
    "sep": "#C9DFF2",
    "dil": "#C5E8DC",
    "conv": "#D6E9F8",
    "": "#EBD6E4",
}
"""The colour of an operation's box by the prefix of its name; the first match applies."""

STATE_COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK, GREY)
"""The colours of a cell's states, in the order of their numbers; they repeat after 8."""


class Look(NamedTuple):
    """The colour and marker of a method in all figures."""

    colour: str
    marker: str


METHOD_LOOKS = {
    "darts": Look(BLUE, "o"),
    "pdarts": Look(ORANGE, "s"),
    "nsganet": Look(GREEN, "D"),
    "enas": Look(VERMILION, "^"),
    "cnas": Look(PURPLE, "v"),
    "manas": Look(SKY, "P"),
    "stacnas": Look(BLACK, "X"),
    "nao": Look(GREY, "<"),
    "manas-ls": Look("#7A4419", ">"),  # brown
}
"""The fixed colour and marker of each method, by its key. All markers differ."""

OTHER_COLOURS = ("#882255", "#332288", "#44AA99", "#999933")
OTHER_MARKERS = ("h", "p", "d", "*", "8", "H")
"""Colours and markers for methods that `METHOD_LOOKS` does not contain."""

READINGS = {"best": "best over epochs", "last": "last epoch"}
"""The label of each statistic."""

READING_MARKERS = {"best": "o", "last": "s"}

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same on every machine
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "naseval",  # gives an SVG of the same figure the same identifiers
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
def _common_style() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def styled(draw: Callable[P, Drawing]) -> Callable[P, Drawing]:
    """Decorate a drawing function to use the common style instead of the user's settings."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        with _common_style():
            return draw(*args, **kwargs)

    return drawn


def method_look(method: str) -> Look:
    """Return the colour and the marker of a method, by its key.

    A method that `METHOD_LOOKS` does not contain gets one of the other colours and markers by a
    hash of its key, so it looks the same in every figure.
    """
    if method in METHOD_LOOKS:
        return METHOD_LOOKS[method]
    number = int.from_bytes(hashlib.sha256(method.encode()).digest()[:8])
    place, shape = divmod(number, len(OTHER_MARKERS))
    return Look(OTHER_COLOURS[place % len(OTHER_COLOURS)], OTHER_MARKERS[shape])


def operation_colour(operation: str) -> str:
    """Return the colour of an operation's box."""
    return next(
        colour for start, colour in OPERATION_COLOURS.items() if operation.startswith(start)
    )


def legend_columns(labels: Sequence[str], width: float) -> int:
    """Return the number of columns of a legend with these labels that fits into `width` inches."""
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
    """Mark a mean after the last epoch by a short line at `y` across a bar of `width` at `x`."""
    panel.hlines(y, x - width / 2, x + width / 2, color=BACKGROUND, linewidth=2.4, zorder=3)
    panel.hlines(y, x - width / 2, x + width / 2, color=INK, linewidth=1.1, zorder=3)


def tick_handle() -> Line2D:
    """Return the legend entry of `tick_at`."""
    return Line2D([], [], color=INK, linewidth=1.1, label="mean after the last epoch")


def save(figure: Figure, data: pd.DataFrame, stem: str | Path) -> None:
    """Write a figure atomically to `stem`.svg and .png, and the plotted data to `stem`.csv.

    The same figure gives the same bytes: the files contain no dates and no versions, and the
    identifiers are fixed. Raise `NasevalError` if a file cannot be written.
    """
    with _common_style():
        for kind, metadata in (
            ("svg", {"Date": None, "Creator": None}),
            ("png", {"Software": None}),
        ):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, metadata=metadata)
            write_atomically(f"{stem}.{kind}", buffer.getvalue())
    write_atomically(f"{stem}.csv", data.to_csv(index=False, lineterminator="\n").encode())
