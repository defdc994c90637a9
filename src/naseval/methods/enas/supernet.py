"""The supernet of ENAS."""

from torch import Tensor, nn

from naseval.genotype import Genotype
from naseval.methods._weight_sharing import BankedCell, finish_shared_weights
from naseval.networks.cells import CellSpec
from naseval.networks.loose_ends import Halving
from naseval.networks.shape import last_side, reductions
from naseval.networks.stems import build_stem
from naseval.spaces.enas.network import EnasTower, enas_head, tower_position


class EnasSupernet(nn.Module):
    """Supernet in which all cells have stride 1, as in both of the authors' programs.

    Before a reduction cell, a separate layer halves (and widens) the feature map. The reduction
    cell reads the map and the halved map, not the previous cell. The next cell reads the halved map
    and the reduction cell. `auxiliary` adds a tower after the second reduction.
    """

    def __init__(
        self,
        *,
        images: str,
        image_size: int,
        classes: int,
        channels: int,
        cells: int,
        dropout: float,
        auxiliary: bool,
    ) -> None:
        super().__init__()
        self.stem = build_stem(images, channels)
        self.reductions = reductions(cells)
        side = last_side(image_size, self.stem.stride, len(self.reductions))
        widths, halve = (self.stem.width, self.stem.width), self.stem.halves
        self.halvings = nn.ModuleList()
        self.cells = nn.ModuleList()
        for index in range(cells):
            if index in self.reductions:
                channels *= 2
                self.halvings.append(Halving(widths[1], channels))
                widths, halve = (widths[1], channels), True
            spec = CellSpec(index, channels, False, widths, halve)
            self.cells.append(BankedCell(spec, depth_share=(index + 1) / cells))
            widths, halve = (widths[1], channels), False
        self.tower_at = tower_position(cells)
        self.auxiliary = EnasTower(channels, side, classes) if auxiliary else None
        self.head = enas_head(channels, classes, dropout)
        finish_shared_weights(self)

    def forward(self, x: Tensor, genotype: Genotype) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits (B, classes) and, in training with a tower, tower logits."""
        auxiliary = None
        first, second = self.stem(x)
        halvings = iter(self.halvings)
        for index, cell in enumerate(self.cells):
            chosen = genotype.normal
            if index in self.reductions:
                chosen = genotype.reduce
                first, second = second, next(halvings)(second)
            first, second = second, cell(first, second, chosen)
            if self.training and self.auxiliary is not None and index == self.tower_at:
                auxiliary = self.auxiliary(second)
        return self.head(second), auxiliary
