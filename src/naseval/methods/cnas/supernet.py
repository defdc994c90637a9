"""The search network of CNAS."""

from torch import Tensor, nn

from naseval.methods._supernet.supernet import SearchCell
from naseval.networks.cells import Preprocess, edge_stride
from naseval.networks.skeleton import SmallStem, Stem, doubled, last_side, reductions, stacked
from naseval.spaces.cnas.network import CNAS_SEARCH_OPERATIONS, cnas_stem
from naseval.spaces.cnas.space import SPACE

SOURCES = tuple(source for node in range(SPACE.nodes) for source in range(2 + node))
"""The state that each of the 27 edges leaves, node by node."""


class CnasSearchCell(SearchCell):
    """A `SearchCell` whose edges mix CNAS's operations."""

    def __init__(self, channels: int, *, reduction: bool, preprocess: Preprocess) -> None:
        super().__init__([()] * len(SOURCES), channels, reduction=reduction, preprocess=preprocess)
        for edge, source in zip(self.edges, SOURCES, strict=True):
            stride = edge_stride(source, reduction)
            edge.operations = nn.ModuleList(
                CNAS_SEARCH_OPERATIONS[name](channels, stride, False) for name in SPACE.operations
            )


class CnasSupernet(nn.Module):
    """Every edge holds all operations; inside cells, batch normalisation has no learnt scale."""

    def __init__(self, *, images: str, classes: int, channels: int, cells: int) -> None:
        super().__init__()
        self.stem = _stem(images, channels)
        self.reductions = reductions(cells)
        widths = doubled(channels, cells, self.reductions)
        stack = list(stacked(self.stem, widths, self.reductions, False, CnasSearchCell))
        self.cells = nn.ModuleList(stack)
        self.classifier = nn.Linear(stack[-1].width, classes)

    def forward(self, x: Tensor, normal: Tensor, reduce: Tensor) -> Tensor:
        """Map images (B, 3, S, S) to logits (B, classes).

        `normal` and `reduce`, (27, 8), are the mixing weights themselves. Raises `NasevalError`
        where S does not divide as needed.
        """
        last_side(x.shape[-1], self.stem.stride, len(self.reductions))
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            weights = reduce if index in self.reductions else normal
            first, second = second, cell(first, second, weights)
        logits: Tensor = self.classifier(second.mean(dim=(2, 3)))
        return logits


def _stem(images: str, channels: int) -> Stem:
    """Return the stem; for small images, as in the authors' program, without a learnt scale."""
    stem = cnas_stem(images, channels)
    if isinstance(stem, SmallStem):
        stem.layers[1] = nn.BatchNorm2d(stem.width, affine=False)
    return stem
