"""The plain supernet, with one module per operation and edge."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import torch
from torch import Tensor, nn

from naseval.networks.cells import CellSpec, Preprocess, edge_stride
from naseval.networks.operations import OPERATIONS, OperationTable
from naseval.networks.skeleton import build_cells, doubled, last_side, reductions
from naseval.networks.stems import Stem, build_stem

EdgeOperations = Sequence[Sequence[str]]
"""The remaining operations on each edge of a cell, in node order."""


class MixedOperation(nn.Module):
    """The weighted sum of an edge's operations."""

    def __init__(
        self, names: Sequence[str], channels: int, stride: int, table: OperationTable
    ) -> None:
        super().__init__()
        self.names = tuple(names)
        self.operations = nn.ModuleList(table[name](channels, stride, False) for name in names)

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        """Map (B, C, H, W) to the sum of the operations with weights (K,)."""
        terms = (w * operation(x) for w, operation in zip(weights, self.operations, strict=True))
        return reduce(torch.add, terms)


class SearchCell(nn.Module):
    """A cell in which each node reads all earlier states."""

    def __init__(
        self,
        edges: EdgeOperations,
        channels: int,
        *,
        reduction: bool,
        preprocess: Preprocess,
        table: OperationTable = OPERATIONS,
    ) -> None:
        super().__init__()
        self.preprocess = preprocess
        self.edges = nn.ModuleList()
        self.nodes = 0
        while len(self.edges) < len(edges):
            for source in range(2 + self.nodes):
                names = edges[len(self.edges)]
                stride = edge_stride(source, reduction)
                self.edges.append(MixedOperation(names, channels, stride, table))
            self.nodes += 1
        self.width = self.nodes * channels

    def forward(self, first: Tensor, second: Tensor, weights: Tensor) -> Tensor:
        """Map the outputs of the two previous cells and weights (edges, K) to (B, width, H, W)."""
        states = self.preprocess(first, second)
        mixed = iter(list(zip(self.edges, weights, strict=True)))
        for _ in range(self.nodes):
            terms = []
            for state in states:
                edge, row = next(mixed)
                terms.append(edge(state, row))
            states.append(reduce(torch.add, terms))
        return torch.cat(states[2:], dim=1)


class Supernet(nn.Module):
    """The search network of the DARTS family.

    `operations` gives, for `normal` and `reduce`, the operation names on each edge (14 edges for 4
    nodes) in node order: edges 0 and 1 lead to the first node, edges 2 to 4 to the second, and so
    on. A name may occur twice on an edge; each occurrence has its own weights. All edges have the
    same number K of operations. `table` maps the names to operations. In the cells, batch
    normalisation has no learnt scale.
    """

    cell: type[SearchCell] = SearchCell
    build_stem: Callable[[str, int], Stem] = staticmethod(build_stem)

    def __init__(
        self,
        operations: Mapping[str, EdgeOperations],
        *,
        images: str,
        classes: int,
        channels: int,
        cells: int,
        table: OperationTable = OPERATIONS,
    ) -> None:
        super().__init__()
        self.stem = self.build_stem(images, channels)
        self.reductions = reductions(cells)

        def build(spec: CellSpec) -> SearchCell:
            return self.cell(
                operations["reduce" if spec.reduction else "normal"],
                spec.channels,
                reduction=spec.reduction,
                preprocess=Preprocess(spec, affine=False),
                table=table,
            )

        widths = doubled(channels, cells, self.reductions)
        built = list(build_cells(self.stem, widths, self.reductions, build))
        self.cells = nn.ModuleList(built)
        self.classifier = nn.Linear(built[-1].width, classes)

    def forward(self, x: Tensor, normal: Tensor, reduce: Tensor) -> Tensor:
        """Map images (B, 3, S, S) to logits (B, classes).

        `normal` and `reduce`, (edges, K), are the mixing weights, e.g. a softmax of architecture
        parameters. Raise `NasevalError` if S is not divisible as the reductions require.
        """
        last_side(x.shape[-1], self.stem.stride, len(self.reductions))
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            weights = reduce if index in self.reductions else normal
            first, second = second, cell(first, second, weights)
        return self.classifier(second.mean(dim=(2, 3)))
