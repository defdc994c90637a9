"""The common style of all figures, and the function that writes them."""

import functools
import hashlib
import io
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple, ParamSpec

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.path import Path as Shape
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from naseval.figures.letters import FONTS, font_file
from naseval.figures.markers import SHAPES
from naseval.figures.svg import finished
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
    "better": BLUE,  # verdicts, as they are counted
    "worse": VERMILION,
    "equivalent": GREEN,
    "undecided": GREY,
    "no verdict": INK,
    "highlight": VERMILION,  # the best of many, a front, a result
    "a method and the average architecture": BLUE,  # comparisons
    "two methods with one baseline": GREEN,
    "two methods with a baseline each": ORANGE,
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
    """The colour and marker of a method in all figures, as matplotlib names them."""

    colour: str
    marker: str | tuple[int, Literal[0, 1, 2], int] | Shape


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
    # methods of config/successors.yaml
    "pcdarts": Look("#A50F79", "h"),
    "sdarts-rs": Look("#5E4FA2", "p"),
    "darts-minus": Look("#6B8E23", "d"),
    "darts-es": Look("#B8860B", "*"),
    # Baselines have markers of lines, which no method has, but none that hides in an error bar.
    "random-search": Look("#222255", "x"),
    "local-search": Look("#117733", "1"),
    "regularised-evolution": Look("#CC3311", "2"),
    "successive-halving": Look("#AA3377", "3"),
    "hyperband": Look("#EE8866", "4"),
    "random-sharing": Look("#225555", "+"),
    "parameters": Look("#AA4499", (4, 1, 0)),
    "nwot": Look("#33BBEE", "."),
    "synflow": Look("#666633", (6, 2, 0)),
}
"""The fixed colour and marker of each method, by its key. All markers differ."""

OTHER_COLOURS = (
    *("#882255", "#332288", "#44AA99", "#999933"),  # wine, indigo, teal, olive
    *("#6699CC", "#661100", "#BB5566", "#CCBB44"),  # pale blue, dark brown, rose, yellow
)
"""Colours of Paul Tol's palettes for methods that `METHOD_LOOKS` does not contain.

There are as many as `SHAPES`, the markers of these methods.
"""

READING_MARKERS = {"best": "o", "last": "s"}

ALL_DIVERGED = "All runs diverged, so there is nothing to draw."
"""What stands in place of a figure of runs that all diverged and are left out."""

HANDLE = 0.62
"""The width of the handle of a legend with the gaps beside it, in inches."""

STYLE: dict[Any, Any] = {
    "font.family": list(FONTS),
    "text.parse_math": False,  # labels are shown as they are written, `$` too
    "axes.formatter.useoffset": False,  # 83.775, not 0.075 and somewhere else +83.7
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
    "svg.fonttype": "none",  # text that can be searched and edited; `svg.finished` keeps its width
    "pdf.fonttype": 42,  # TrueType, which editors can edit and publishers accept
    "savefig.dpi": 200,
    "figure.dpi": 200,
}


FORMATS: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
"""The formats of figures, with the metadata that is left out: dates and versions."""

FILES = {**{kind.upper(): f".{kind}" for kind in FORMATS}, "data as CSV": ".csv"}
"""What `save` writes: the endings of the files by what pages call them."""


class Drawing(NamedTuple):
    """A figure, the data plotted in it and its caption."""

    figure: Figure
    data: pd.DataFrame
    caption: str


Row = dict[Hashable, Any]
"""One row of a tidy table."""

P = ParamSpec("P")


@contextmanager
def common_style() -> Iterator[None]:
    """Use the style of all figures instead of the user's settings."""
    _add_fonts()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


@functools.cache
def _add_fonts() -> None:
    known = {entry.name for entry in fontManager.ttflist}
    for name in FONTS:
        if name not in known:
            fontManager.addfont(font_file(name))
            # It has one weight; without this, matplotlib warns wherever text is bold.
            fontManager.ttflist.append(replace(fontManager.ttflist[-1], weight=700))


def styled(draw: Callable[P, Drawing]) -> Callable[P, Drawing]:
    """Decorate a drawing function to use the common style, with ticks that do not overlap."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        with common_style():
            drawing = draw(*args, **kwargs)
            _thin_ticks(drawing.figure)
            return drawing

    return drawn


def _thin_ticks(figure: Figure) -> None:
    """Leave out ticks of numbers until no two labels of an axis overlap."""
    figure.draw_without_rendering()  # lays the figure out
    for axes in [one for panel in figure.axes for one in (panel, *panel.child_axes)]:
        for axis, side in ((axes.xaxis, "x"), (axes.yaxis, "y")):
            locator = axis.get_major_locator()
            if isinstance(locator, MaxNLocator):
                for most in range(len(axis.get_majorticklocs()), 0, -1):
                    if not _crowded(axis, side):
                        break
                    locator.set_params(nbins=most)


def _crowded(axis: Axis, side: str) -> bool:
    """Tell whether two labels of an axis are less than a letter apart."""
    low, high = sorted(axis.get_view_interval())
    labels = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
    boxes = [label.get_window_extent() for place, label in labels if low <= place <= high]
    ends = sorted((getattr(box, f"{side}min"), getattr(box, f"{side}max")) for box in boxes)
    gap = boxes[0].height / 3 if boxes and side == "x" else 0
    return any(here[1] + gap > there[0] for here, there in pairwise(ends))


def method_looks(methods: Iterable[str]) -> dict[str, Look]:
    """Return the colour and the marker of each method, by its key.

    A method that `METHOD_LOOKS` does not contain gets another colour and marker by a hash of its
    key, or the next ones if an earlier method has these. So figures agree on a method if `methods`
    begins with all that are configured, in their order.
    """
    looks: dict[str, Look] = {}
    for method in dict.fromkeys(methods):
        looks[method] = METHOD_LOOKS.get(method) or _free_look(method, looks.values())
    return looks


def _free_look(method: str, taken: Collection[Look]) -> Look:
    """Return a look that is not taken; markers repeat, in other colours, once all are taken."""
    number = int.from_bytes(hashlib.sha256(method.encode()).digest()[:8])
    count = len(SHAPES)
    found = [
        Look(OTHER_COLOURS[(number + step + turn) % count], SHAPES[(number + step) % count])
        for turn in range(count)
        for step in range(count)
    ]
    return next((look for look in found if look not in taken), found[0])


def operation_colour(operation: str) -> str:
    """Return the colour of an operation's box."""
    return next(
        colour for start, colour in OPERATION_COLOURS.items() if operation.startswith(start)
    )


@functools.cache
def inches(text: str, size: float) -> float:
    """Return the width of a line of text of a font size, in inches."""
    return float(TextPath((0, 0), text, size=size).get_extents().x1 / 72) if text.strip() else 0.0


def wrapped(text: str, width: float, size: float = 9.0) -> str:
    """Break a text into lines of at most `width` inches: at spaces, or inside words that are wider.

    A number stays with its unit. No letter is left out but spaces at the end of a line.
    """
    lines = [""]
    for word in re.findall(r"\s*(?:\d\S* )?\S+", text):
        if inches(lines[-1] + word, size) <= width:
            lines[-1] += word
            continue
        lines.append("")
        for letter in word.lstrip():
            if lines[-1] and inches(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return "\n".join(line for line in lines if line)


def legend(
    figure: Figure,
    handles: Sequence[Artist | Container],
    place: Literal["upper", "lower"] = "upper",
) -> None:
    """Put a legend above (`upper`) or below (`lower`) the axes, no wider than the figure."""
    labels = [str(handle.get_label()) for handle in handles]
    names, columns = _in_columns(labels, figure.get_figwidth())
    where: Literal["outside upper center", "outside lower center"] = (
        "outside upper center" if place == "upper" else "outside lower center"
    )
    taken: Any = handles  # matplotlib takes containers, its type hints do not
    figure.legend(taken, names, loc=where, ncols=columns)


def legend_height(labels: Sequence[str], width: float) -> float:
    """Return about how high a legend with these labels is in a figure of this width, in inches."""
    names, columns = _in_columns(labels, width)
    lines = max(name.count("\n") + 1 for name in names)
    return 0.2 + 0.18 * lines * -(-len(names) // columns)


def _in_columns(labels: Sequence[str], width: float) -> tuple[list[str], int]:
    """Return labels in lines that fit into a figure of a width, and how many columns of them do."""
    room, size = width - 0.2, float(STYLE["legend.fontsize"])
    names = [wrapped(label, room - HANDLE, size) for label in labels]
    widths = [max(inches(line, size) for line in name.split("\n")) + HANDLE for name in names]
    fitting = [
        columns
        for columns in range(1, len(names) + 1)
        if sum(max(column) for column in np.array_split(widths, columns)) <= room
    ]
    return names, max(fitting, default=1)


def say(panel: Axes, sentence: str, width: float) -> None:
    """Write into empty axes, over at most `width` inches, why there is nothing to draw."""
    panel.axis("off")
    panel.text(
        0.5, 0.5, wrapped(sentence, width), transform=panel.transAxes, ha="center", va="center"
    ).set_in_layout(False)  # fmt: skip


def sentence_alone(sentence: str, data: pd.DataFrame) -> Drawing:
    """Return a drawing that consists of a sentence: why there is nothing to draw."""
    lines = wrapped(sentence, 4.6)
    figure = Figure(figsize=(5.0, 0.5 + 0.17 * len(lines.split("\n"))))
    figure.text(0.5, 0.5, lines, ha="center", va="center")
    return Drawing(figure, data, sentence)


def panels(figure: Figure, count: int, columns: int = 3) -> list[Axes]:
    """Return `count` axes on a grid of at most `columns` columns, row by row."""
    across = min(count, columns)
    grid = figure.add_gridspec(-(-count // across), across)
    return [figure.add_subplot(grid[index // across, index % across]) for index in range(count)]


def spread_limits(*values: ArrayLike, room: float = 0.08) -> tuple[float, float]:
    """Return axis limits that hold all known `values`, with `room` of their span at either end."""
    known = np.concatenate([np.ravel(np.asarray(some, dtype=float)) for some in values])
    low, high = np.nanmin(known), np.nanmax(known)
    spare = room * (high - low) or 0.5
    return float(low - spare), float(high + spare)


def whole_numbers(axis: Axis) -> None:
    """Put ticks of an axis at whole numbers only."""
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def tick_at(panel: Axes, x: float, y: float, width: float) -> None:
    """Mark a mean after the last epoch by a short line at `y` across a bar of `width` at `x`."""
    panel.hlines(y, x - width / 2, x + width / 2, color=BACKGROUND, linewidth=2.4, zorder=3)
    panel.hlines(y, x - width / 2, x + width / 2, color=INK, linewidth=1.1, zorder=3)


def tick_handle() -> Line2D:
    """Return the legend entry of `tick_at`."""
    return Line2D([], [], color=INK, linewidth=1.1, label="mean after the last epoch")


def save(figure: Figure, data: pd.DataFrame, stem: str | Path) -> None:
    """Write a figure atomically to `stem`.svg, .pdf and .png, and its data to `stem`.csv.

    The same figure gives the same bytes: the files contain no dates and no versions, and the
    identifiers are fixed. Raise `NasevalError` if a file cannot be written.
    """
    with common_style():
        for kind, metadata in FORMATS.items():
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, metadata=metadata)
            content = buffer.getvalue()
            write_atomically(f"{stem}.{kind}", finished(content) if kind == "svg" else content)
    write_atomically(f"{stem}.csv", data.to_csv(index=False, lineterminator="\n").encode())
