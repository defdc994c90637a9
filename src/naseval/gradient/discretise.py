"""From the strengths of operations on edges to a discrete cell."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from naseval.genotype import Cell

Table = NDArray[np.float64]
Operations = Sequence[Sequence[str]]
"""The operation of every column, edge by edge."""


def node_edges(edges: int) -> list[range]:
    """Return the rows of every node: node i reads the i + 2 earlier ones, rows are node-major."""
    rows: list[range] = []
    while (start := rows[-1].stop if rows else 0) < edges:
        rows.append(range(start, start + len(rows) + 2))
    if not rows or rows[-1].stop != edges:
        raise ValueError(f"{edges} edges do not make whole nodes (2, 5, 9, 14, 20, 27 do)")
    return rows


def strongest_cell(strengths: Table, operations: Operations) -> Cell:
    """Keep each node's two strongest edges, the strongest first, with their best operation.

    `strengths` has one row per edge and one column per operation; an edge is as strong as its
    best operation, and `none` cannot be chosen. Give raw alphas to rank edges as DARTS's PyTorch
    port does, softmax probabilities to rank them as the first program does: an edge with a strong
    `none` falls back only there. Of equals the first counts.
    """
    best = [_best_operation(row, names) for row, names in zip(strengths, operations, strict=True)]
    nodes = []
    for rows in node_edges(len(best)):
        ranked = sorted(rows, key=lambda row: -best[row][1])
        nodes.append(tuple((best[row][0], row - rows.start) for row in ranked[:2]))
    return Cell(tuple(nodes), tuple(range(2, len(nodes) + 2)))


def _best_operation(row: Table, names: Sequence[str]) -> tuple[str, float]:
    candidates = [
        (name, float(strength)) for name, strength in zip(names, row, strict=True) if name != "none"
    ]
    return max(candidates, key=lambda candidate: candidate[1])
