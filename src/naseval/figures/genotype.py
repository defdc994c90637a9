"""Draws a genotype's normal and reduction cell, from left to right."""

import re

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch
from matplotlib.path import Path

from naseval.figures.layers import Layout, Spot, layout
from naseval.figures.style import (
    BACKGROUND,
    FAINT,
    INK,
    STATE_COLOURS,
    Drawing,
    operation_colour,
    styled,
    wrapped,
)
from naseval.genotype import Cell, Genotype
from naseval.spaces._cells import INPUTS

# All lengths are in inches.
BOX, ROW, GAP = 1.22, 0.24, 0.06
"""Width and height of an operation's box, and the gap between the two boxes of a node."""
NODE = 0.13
"""The radius of a node."""
REACH = BOX + 0.2 + 2 * NODE
"""The width of a node, from the left of its boxes to the right of its circle."""
LANE = 0.62
"""The width between two layers, for the lines."""
MARGIN, HEAD, LINE, BETWEEN = 0.15, 0.32, 0.17, 0.12
ROOM = {"input": 0.5, "node": 2 * ROW + GAP + 0.16, "line": 0.2, "output": 0.5}

KINDS = (("normal", "normal cell"), ("reduce", "reduction cell"))


@styled
def draw(genotype: Genotype, title: str) -> Drawing:
    """Draw both cells of a genotype, the normal one above the reduction cell.

    The inputs of a cell are on the left, its output on the right. A node is a circle; it adds the
    outputs of two operations. A line has the colour of the state that it carries. The plotted data
    are the edges, with the columns cell, node, operation and input. Nodes have the numbers of the
    genotype, in which 0 and 1 are the inputs.
    """
    cells = [genotype.normal, genotype.reduce]
    laid = [layout(cell, ROOM) for cell in cells]
    widths = [_left(one.layer[one.output]) + 0.75 for one in laid]
    extents = [_extent(one) for one in laid]
    width = max(widths) + 2 * MARGIN
    heights = [top - bottom for bottom, top in extents]
    shown = wrapped(title, 0.9 * (width - 2 * MARGIN), 10)  # bold letters are wider
    head = HEAD + LINE * shown.count("\n")
    total = sum(heights) + 2 * HEAD + BETWEEN + MARGIN + head
    figure = Figure(figsize=(width, total))
    figure.set_layout_engine("none")  # the layout is computed here
    middle = 1 - (head / 2 + 0.06) / total
    figure.text(MARGIN / width, middle, shown, fontsize=10, weight="bold", va="center")
    top = total - head
    for cell, one, (_, name), (low, high) in zip(cells, laid, KINDS, extents, strict=True):
        top -= HEAD
        figure.text(
            MARGIN / width,
            (top + 0.14) / total,
            name,
            fontsize=9,
            color=INK,
            va="center",
        )
        bottom = top - (high - low)
        panel = figure.add_axes((0, bottom / total, 1, (high - low) / total))
        panel.set(xlim=(-MARGIN, width - MARGIN), ylim=(low, high))
        panel.axis("off")
        _cell(panel, cell, one)
        top = bottom - BETWEEN
    return Drawing(figure, _edges(genotype), f"{title}: the cells that the search found.")


def operation_label(operation: str) -> str:
    """Return an operation's name for display, e.g. `sep conv 3×3`."""
    return re.sub(r"(\d)x(\d)", r"\1×\2", operation).replace("_", " ")


def _edges(genotype: Genotype) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"cell": kind, "node": node, "operation": operation, "input": source}
            for kind, _ in KINDS
            for node, edges in enumerate(getattr(genotype, kind).nodes, start=INPUTS)
            for operation, source in edges
        ]
    )


def _extent(one: Layout) -> tuple[float, float]:
    """Return the lowest and the highest point of a cell."""
    ends = [(y - one.room[spot] / 2, y + one.room[spot] / 2) for spot, y in one.height.items()]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _left(layer: int) -> float:
    """Return the left edge of a layer; the layer of the inputs is narrower than the others."""
    return 0.0 if layer == 0 else 0.5 + LANE + (layer - 1) * (REACH + LANE)


def _right(layer: int) -> float:
    return 0.5 if layer == 0 else _left(layer) + REACH


def _cell(panel: Axes, cell: Cell, one: Layout) -> None:
    entries = {
        (vertex, source): entry
        for vertex, node in enumerate(cell.nodes, start=INPUTS)
        for source, entry in _node(panel, vertex, node, one)
    }
    for vertex in range(INPUTS):
        _box(panel, 0, one.height[vertex, 0], 0.5, f"k−{INPUTS - vertex}")
    last = one.layer[one.output]
    _box(panel, _left(last), one.height[one.output, last], 0.7, "output")
    for spot in one.height:
        if one.passing(spot):
            ends = (_left(spot[1]), _right(spot[1]))
            panel.hlines(one.height[spot], *ends, color=_carried(spot[0]), linewidth=1.2)
    for left, right in one.links:
        y = one.height[right]
        arrivals = [y] if one.passing(right) or right[0] == one.output else []
        arrivals = arrivals or entries[right[0], left[0]]
        for arrival in arrivals:
            _line(panel, one, left, right, arrival)


def _node(
    panel: Axes, vertex: int, node: tuple[tuple[str, int], ...], one: Layout
) -> list[tuple[int, list[float]]]:
    """Draw a node with its operations; return the heights at which the line of each input ends."""
    layer = one.layer[vertex]
    x, y = _left(layer), one.height[vertex, layer]
    upwards = sorted(node, key=lambda edge: one.height[edge[1], layer - 1])
    centre = (x + BOX + 0.2 + NODE, y)
    entries: dict[int, list[float]] = {}
    for row, (operation, source) in enumerate(upwards):
        middle = y + (row - 0.5) * (ROW + GAP)
        entries.setdefault(source, []).append(middle)
        panel.plot([x + BOX, centre[0]], [middle, y], color=FAINT, linewidth=1.2, zorder=1)
        corner = (x + 0.03, middle - ROW / 2 + 0.03)
        panel.add_patch(
            FancyBboxPatch(
                corner, BOX - 0.06, ROW - 0.06, boxstyle="round,pad=0.03", linewidth=0.6,
                facecolor=operation_colour(operation), edgecolor=INK, zorder=3,
            )
        )  # fmt: skip
        panel.text(
            x + BOX / 2, middle - 0.005, operation_label(operation), fontsize=7.5, ha="center",
            va="center", zorder=4,
        )  # fmt: skip
    panel.add_patch(Circle(centre, NODE, facecolor=_carried(vertex), edgecolor="none", zorder=3))
    panel.text(*centre, str(vertex), fontsize=7.5, color=BACKGROUND, ha="center",
               va="center_baseline", zorder=4)  # fmt: skip
    return list(entries.items())


def _box(panel: Axes, x: float, y: float, width: float, text: str) -> None:
    panel.add_patch(
        FancyBboxPatch(
            (x + 0.05, y - 0.09), width - 0.1, 0.18, boxstyle="round,pad=0.05", linewidth=0.8,
            facecolor=BACKGROUND, edgecolor=INK, zorder=3,
        )
    )  # fmt: skip
    panel.text(x + width / 2, y - 0.005, text, fontsize=8, ha="center", va="center", zorder=4)


def _carried(vertex: int) -> str:
    """Return the colour of a state and of its lines."""
    return STATE_COLOURS[vertex % len(STATE_COLOURS)]


def _line(panel: Axes, one: Layout, left: Spot, right: Spot, arrival: float) -> None:
    start = (_right(left[1]), one.height[left])
    end = (_left(right[1]), arrival)
    bend = (end[0] - start[0]) / 2
    curve = [start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    panel.add_patch(
        PathPatch(
            Path(curve, codes), facecolor="none", edgecolor=_carried(left[0]), linewidth=1.2,
            capstyle="round", zorder=2,
        )
    )  # fmt: skip
