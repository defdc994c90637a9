"""What is wrong with a drawn figure: texts that are cut or overlap, data outside, empty axes."""

import re
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import AxLine, Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from naseval.figures.style import common_style

UNNAMED = re.compile(r"_?(container|child|line)\d+")
"""What matplotlib calls things that were given no label."""
UNDEFINED = re.compile(r"(?<![A-Za-z])(nan|inf|none|<na>)(?![A-Za-z])", re.IGNORECASE)
WHOLE = ("epoch", "generation", "rank", "number of cells")
"""Words that begin the label of an axis of whole numbers."""
NONE = np.empty((0, 2))
ROOM = 0.6
"""By how many pixels texts may touch, or leave the canvas: rounding of the layout."""


def faults(figure: Figure) -> list[str]:
    """Draw a figure and return what is wrong with it, one sentence each."""
    with common_style():
        figure.draw_without_rendering()
        texts = list(_texts(figure))
        return [
            *_cut(figure, texts),
            *_overlapping(texts),
            *(f"{text.get_text()!r} is no text" for text in texts if undefined(text.get_text())),
            *(fault for axes in _all_axes(figure) for fault in _of_axes(axes)),
        ]


def undefined(text: str) -> bool:
    """Tell whether a text contains a number that is none, or a name that nobody gave."""
    return bool(UNDEFINED.search(text) or UNNAMED.search(text))


def shown(figure: Figure) -> list[str]:
    """Return the texts of a figure, with the breaks of their lines taken out."""
    with common_style():
        figure.draw_without_rendering()
        return [text.get_text().replace("\n", " ") for text in _texts(figure)]


def _all_axes(figure: Figure) -> list[Axes]:
    return [one for axes in figure.axes for one in (axes, *axes.child_axes)]


def _texts(figure: Figure) -> Iterator[Text]:
    """Yield the texts that are drawn; of tick labels only those within the limits."""
    found = [*figure.texts, *(text for one in figure.legends for text in one.get_texts())]
    found += [text for text in (figure._suptitle, figure._supxlabel, figure._supylabel) if text]
    for axes in _all_axes(figure):
        if not axes.get_visible():
            continue
        found += axes.texts
        if legend := axes.get_legend():
            found += legend.get_texts()
        found += [axes.title, axes._left_title, axes._right_title]
        if axes.axison:
            found += [text for axis in (axes.xaxis, axes.yaxis) for text in _of_axis(axis)]
    drawn = (text for text in found if text.get_visible() and text.get_text().strip())
    yield from {id(text): text for text in drawn}.values()


def _of_axis(axis) -> Iterator[Text]:
    if not axis.get_visible():
        return
    yield from (axis.label, axis.offsetText)
    for tick in axis._update_ticks():
        yield from (label for label in (tick.label1, tick.label2) if label.get_visible())


def _corners(text: Text) -> np.ndarray:
    """Return the corners (4, 2) of a text in pixels, turned with it."""
    extent = text.get_window_extent()
    angle = text.get_rotation()
    text.set_rotation(0)
    plain = text.get_window_extent()
    text.set_rotation(angle)
    half = np.array([plain.width, plain.height]) / 2 - ROOM
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.maximum(half, 0)
    turn = np.deg2rad(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return square @ matrix + [(extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2]


def _cut(figure: Figure, texts: list[Text]) -> Iterator[str]:
    for text in texts:
        corners = _corners(text)
        if (corners < 0).any() or (corners > figure.bbox.size).any():
            yield f"{text.get_text()!r} leaves the canvas"


def _overlapping(texts: list[Text]) -> Iterator[str]:
    corners = [_corners(text) for text in texts]
    for (one, here), (other, there) in combinations(zip(texts, corners, strict=True), 2):
        if _overlap(here, there):
            yield f"{one.get_text()!r} and {other.get_text()!r} overlap"


def _overlap(here: np.ndarray, there: np.ndarray) -> bool:
    """Tell whether two rectangles overlap: no side of either lies between them."""
    for corners in (here, there):
        for side in (corners[1] - corners[0], corners[3] - corners[0]):
            left, right = here @ side, there @ side
            if left.max() <= right.min() or right.max() <= left.min():
                return False
    return True


def _of_axes(axes: Axes) -> Iterator[str]:
    if not axes.get_visible():
        return
    points = [_points(axes, artist) for artist in axes.get_children()]
    known = np.concatenate([some for some in points if some is not None] or [NONE])
    known = known[np.isfinite(known).all(axis=1)]
    images = any(isinstance(artist, AxesImage) for artist in axes.get_children())
    said = any(text.get_text().strip() for text in axes.texts)
    if not len(known) and not images and not said and axes.axison and not _is_colorbar(axes):
        yield f"the axes {axes.get_title()!r} {axes.get_ylabel()!r} are empty"
    inside = axes.bbox.padded(1.0)
    if axes.axison and len(known):
        x, y = axes.transData.transform(known).T
        out = (x < inside.x0) | (x > inside.x1) | (y < inside.y0) | (y > inside.y1)
        if out.any():
            yield f"{known[out][0].tolist()} lies outside of the axes {axes.get_title()!r}"
    for axis in (axes.xaxis, axes.yaxis):
        if axes.axison and axis.label.get_text().startswith(WHOLE):
            labels = [tick.label1.get_text() for tick in axis._update_ticks()]
            if broken := [
                label for label in labels if label and not label.split("\n")[0].isdigit()
            ]:
                yield f"{axis.label.get_text()!r} has the ticks {broken}"


def _is_colorbar(axes: Axes) -> bool:
    return axes.get_label() == "<colorbar>"


def _points(axes: Axes, artist) -> np.ndarray | None:
    """Return the points of the data (N, 2) that an artist must show; None if it shows none.

    Of bars it is the upper end, since axes may start above 0.
    """
    if isinstance(artist, AxLine | Axis | Text) or not artist.get_visible():
        return None
    if not _in_data(axes, artist):
        return None
    if isinstance(artist, Line2D):
        return np.column_stack([np.ravel(artist.get_xdata()), np.ravel(artist.get_ydata())]).astype(
            float
        )
    if isinstance(artist, PathCollection):
        return np.ma.filled(np.ma.asarray(artist.get_offsets(), dtype=float), np.nan)
    if isinstance(artist, LineCollection):
        return np.concatenate(
            [np.reshape(some, (-1, 2)) for some in artist.get_segments()] or [NONE]
        )
    if isinstance(artist, Rectangle):
        x, y = artist.get_xy()
        end = [x + artist.get_width(), y + artist.get_height()]
        return np.array([end], dtype=float) if artist.get_width() and artist.get_height() else None
    if isinstance(artist, Collection):
        return np.concatenate([path.vertices for path in artist.get_paths()] or [NONE])
    if isinstance(artist, Patch):
        return artist.get_patch_transform().transform(artist.get_path().vertices)
    return None


def _in_data(axes: Axes, artist) -> bool:
    """Tell whether an artist lies in the coordinates of the data, along both axes."""
    if isinstance(artist, PathCollection):
        return artist.get_offset_transform().contains_branch(axes.transData)
    return all(artist.get_transform().contains_branch_seperately(axes.transData))
