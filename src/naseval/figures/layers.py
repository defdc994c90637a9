"""Where the parts of a cell go in a drawing from left to right.

A vertex is a state of the cell (0 and 1 are its inputs) or, last, its output. Every vertex has a
layer, one right of all it reads. Where a state is read further on, its line passes through the
layers between at a place of its own, so that lines cross no boxes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import isotonic_regression

from naseval.genotype import Cell
from naseval.spaces._cells import INPUTS

Spot = tuple[int, int]
"""A vertex and a layer: the vertex itself in its own layer, its line in later ones."""

SWEEPS = 24


@dataclass(frozen=True)
class Layout:
    """Where everything goes: heights by spot, and which spots of neighbouring layers join."""

    layer: Mapping[int, int]
    """Of each vertex."""
    height: Mapping[Spot, float]
    """Of the middle of each spot, upwards."""
    room: Mapping[Spot, float]
    """How much height each spot takes up."""
    links: tuple[tuple[Spot, Spot], ...]

    @property
    def output(self) -> int:
        """The vertex that is the cell's output."""
        return max(self.layer)

    def passing(self, spot: Spot) -> bool:
        """Tell whether only a line is at a spot."""
        return self.layer[spot[0]] < spot[1]


def layout(cell: Cell, room: Mapping[str, float]) -> Layout:
    """Lay a cell out.

    `room` says how much height an `input`, a `node`, a `line` and the `output` take up.
    """
    reads = [(), ()] + [tuple(dict.fromkeys(i for _, i in node)) for node in cell.nodes]
    reads.append(cell.concat)
    layer = {0: 0, 1: 0}
    for vertex, sources in enumerate(reads[INPUTS:], start=INPUTS):
        layer[vertex] = 1 + max(layer[source] for source in sources)
    spots = set(layer.items())
    links = []
    for vertex, sources in enumerate(reads):
        for source in sources:
            chain = [(source, place) for place in range(layer[source], layer[vertex])]
            spots.update(chain)
            links += [*pairwise(chain), (chain[-1], (vertex, layer[vertex]))]
    joined = tuple(dict.fromkeys(links))
    columns = [
        sorted((spot for spot in spots if spot[1] == place), reverse=True)
        for place in range(max(layer.values()) + 1)
    ]
    needed = {spot: room[_kind(spot, layer)] for spot in spots}
    return Layout(layer, _heights(_ordered(columns, joined), joined, needed), needed, joined)


def _kind(spot: Spot, layer: Mapping[int, int]) -> str:
    vertex, place = spot
    if layer[vertex] < place:
        return "line"
    if vertex < INPUTS:
        return "input"
    return "output" if vertex == max(layer) else "node"


Columns = list[list[Spot]]
Links = tuple[tuple[Spot, Spot], ...]


def _neighbours(links: Links, back: bool) -> dict[Spot, list[Spot]]:
    found: dict[Spot, list[Spot]] = {}
    for left, right in links:
        here, there = (right, left) if back else (left, right)
        found.setdefault(here, []).append(there)
    return found


def _ordered(columns: Columns, links: Links) -> Columns:
    """Order each column by where its neighbours are, back and forth; keep the fewest crossings."""
    best, fewest = columns, _crossings(columns, links)
    for sweep in range(SWEEPS):
        back = sweep % 2 == 0
        neighbours = _neighbours(links, back)
        arranged = [*columns]
        places = range(len(columns)) if back else reversed(range(len(columns)))
        for place in places:
            rank = {spot: i for column in arranged for i, spot in enumerate(column)}
            middle = {
                spot: float(np.mean([rank[near] for near in neighbours.get(spot, [spot])]))
                for spot in arranged[place]
            }
            arranged[place] = sorted(arranged[place], key=middle.__getitem__)
        columns = arranged
        if (crossings := _crossings(columns, links)) < fewest:
            best, fewest = columns, crossings
    return best


def _crossings(columns: Columns, links: Links) -> int:
    rank = {spot: i for column in columns for i, spot in enumerate(column)}
    ends = [(left[1], rank[left], rank[right]) for left, right in links]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for index, one in enumerate(ends)
        for other in ends[:index]
    )


def _heights(columns: Columns, links: Links, room: Mapping[Spot, float]) -> dict[Spot, float]:
    """Pull each spot towards its neighbours, as far as the room of the others allows."""
    near: dict[Spot, list[Spot]] = {}
    for left, right in links:
        near.setdefault(left, []).append(right)
        near.setdefault(right, []).append(left)
    height = {spot: 0.0 for column in columns for spot in column}
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            around = [[height[one] for one in near.get(spot, [spot])] for spot in column]
            wanted = np.array([np.mean(heights) for heights in around])
            half = np.array([room[spot] / 2 for spot in column])
            offsets = np.concatenate([[0], np.cumsum(half[:-1] + half[1:])])
            placed = isotonic_regression(wanted - offsets).x + offsets
            height.update(zip(column, placed.tolist(), strict=True))
    return height
