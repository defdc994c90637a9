"""The shared-weight network that NAO searches with."""

from torch import Tensor, nn

from naseval.genotype import Genotype
from naseval.methods._weight_sharing import BankedCell, finish_shared_weights
from naseval.networks.loose_ends import Calibrate
from naseval.networks.skeleton import build_stem, last_side, reductions
from naseval.spaces.nao.network import nao_head


class NaoSupernet(nn.Module):
    """Like NAO's evaluation network, with cells that sum their loose ends to a fixed width."""

    def __init__(
        self,
        *,
        images: str,
        image_size: int,
        classes: int,
        channels: int,
        cells: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.stem = build_stem(images, channels)
        self.reductions = reductions(cells)
        last_side(image_size, self.stem.stride, len(self.reductions))
        widths, halve = (self.stem.width, self.stem.width), self.stem.halves
        cell_list: list[BankedCell] = []
        for index in range(cells):
            reduction = index in self.reductions
            channels *= 2 if reduction else 1
            cell_list.append(
                BankedCell(
                    channels,
                    reduction=reduction,
                    calibrate=Calibrate(widths, channels, halve),
                    depth_share=(index + 1) / cells,
                )
            )
            widths, halve = (widths[1], channels), reduction
        self.cells = nn.ModuleList(cell_list)
        self._drop_paths = [cell.drop_path for cell in cell_list]
        self.head = nao_head(channels, classes, dropout)
        finish_shared_weights(self)

    def set_drop_path(self, probability: float) -> None:
        """Set the probability of the last cell, in [0, 1); those before have their share of it."""
        for module in self._drop_paths:
            module.p = probability

    def forward(self, x: Tensor, genotype: Genotype) -> Tensor:
        """Map images (B, 3, S, S) to logits (B, classes)."""
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            chosen = genotype.reduce if index in self.reductions else genotype.normal
            first, second = second, cell(first, second, chosen)
        logits: Tensor = self.head(second)
        return logits
