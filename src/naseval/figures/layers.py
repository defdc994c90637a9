"""The layered layout of a cell's graph, drawn from left to right (Sugiyama's method).

A vertex is a state of the cell (0 and 1 are its inputs) or, with the highest number, its output.
The layer of a vertex is one to the right of all vertices that it reads. A line that spans several
layers has a dummy vertex in each layer between, so that it does not cross boxes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import isotonic_regression

from naseval.genotype import Cell
from naseval.spaces._cells import INPUTS

Spot = tuple[int, int]
"""A vertex and a layer: the vertex itself in its own layer, a dummy vertex in later ones."""

SWEEPS = 24
"""The number of iterations, alternately forwards and backwards through the layers."""


@dataclass(frozen=True)
class Layout:
    """The layout of a cell: layers, heights, and the links between spots of adjacent layers."""

    layer: Mapping[int, int]
    """The layer of each vertex."""
    height: Mapping[Spot, float]
    """The height of the middle of each spot; it increases upwards."""
    room: Mapping[Spot, float]
    """The height that each spot occupies."""
    links: tuple[tuple[Spot, Spot], ...]

    @property
    def output(self) -> int:
        """The vertex that is the cell's output."""
        return max(self.layer)

    def passing(self, spot: Spot) -> bool:
        """Tell whether a spot is a dummy vertex, through which a line passes."""
        return self.layer[spot[0]] < spot[1]


def layout(cell: Cell, room: Mapping[str, float]) -> Layout:
    """Compute the layout of a cell.

    `room` holds the heights that an `input`, a `node`, a `line` and the `output` occupy.
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
    """Reduce edge crossings by the barycentre heuristic; return the best order that was found."""
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
    """Move each spot to the mean height of its neighbours, without overlaps in its column."""
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
