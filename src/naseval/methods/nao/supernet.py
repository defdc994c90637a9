"""The supernet of NAO."""

from torch import Tensor, nn

from naseval.genotype import Genotype
from naseval.methods._weight_sharing import BankedCell, finish_shared_weights
from naseval.networks.cells import CellSpec
from naseval.networks.shape import doubled, last_side, reductions
from naseval.networks.skeleton import build_cells
from naseval.networks.stems import build_stem
from naseval.spaces.nao.network import nao_head


class NaoSupernet(nn.Module):
    """Like NAO's evaluation network, but cells sum their loose ends to a fixed width."""

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

        def build(spec: CellSpec) -> BankedCell:
            return BankedCell(spec, depth_share=(spec.index + 1) / cells)

        widths = doubled(channels, cells, self.reductions)
        built = list(build_cells(self.stem, widths, self.reductions, build))
        self.cells = nn.ModuleList(built)
        self._drop_paths = [cell.drop_path for cell in built]
        self.head = nao_head(widths[-1], classes, dropout)
        finish_shared_weights(self)

    def set_drop_path(self, probability: float) -> None:
        """Set the probability, in [0, 1), of the last cell. Earlier cells have a fraction of it."""
        for module in self._drop_paths:
            module.set_probability(probability)

    def forward(self, x: Tensor, genotype: Genotype) -> Tensor:
        """Map images (B, 3, S, S) to logits (B, classes)."""
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            chosen = genotype.cell(index in self.reductions)
            first, second = second, cell(first, second, chosen)
        return self.head(second)
