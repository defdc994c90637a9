"""The network that a genotype is trained in from scratch."""

from typing import TypedDict, Unpack

from torch import Tensor, nn
from torchvision.ops import StochasticDepth

from naseval.genotype import Genotype
from naseval.networks.cells import DiscreteCell, Preprocess
from naseval.networks.heads import AuxiliaryHead
from naseval.networks.layout import last_side, reductions
from naseval.networks.operations import OperationTable
from naseval.networks.stems import build_stem


class Skeleton(TypedDict):
    """What is around the cells."""

    images: str
    """`small` or `large`: the stem"""
    image_size: int
    """side of the images, in pixels"""
    classes: int
    channels: int
    """initial channels; they double at each reduction"""
    cells: int
    auxiliary: bool
    """whether there is an auxiliary tower, on the second reduction cell's output"""


class EvaluationNetwork(nn.Module):
    """A stem, cells that reduce at one and two thirds of the depth, and a linear classifier.

    Raises `NasevalError` where the image size does not divide as the reductions need.
    """

    def __init__(
        self, genotype: Genotype, operations: OperationTable, **skeleton: Unpack[Skeleton]
    ) -> None:
        super().__init__()
        cells, channels = skeleton["cells"], skeleton["channels"]
        self.stem = build_stem(skeleton["images"], channels)
        positions = reductions(cells)
        self.tower_at = positions[-1]
        side = last_side(skeleton["image_size"], self.stem.stride, len(positions))
        widths, halve = (self.stem.width, self.stem.width), self.stem.halves
        self.cells = nn.ModuleList()
        self.auxiliary: nn.Module | None = None
        for index in range(cells):
            reduction = index in positions
            channels *= 2 if reduction else 1
            cell = DiscreteCell(
                genotype.reduce if reduction else genotype.normal,
                operations,
                channels,
                reduction=reduction,
                preprocess=Preprocess(widths, channels, halve, affine=True),
            )
            self.cells.append(cell)
            widths, halve = (widths[1], cell.width), reduction
            if skeleton["auxiliary"] and index == self.tower_at:
                self.auxiliary = AuxiliaryHead(cell.width, side, skeleton["classes"])
        self.classifier = nn.Linear(widths[1], skeleton["classes"])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits and, in training with a tower, auxiliary logits."""
        auxiliary = None
        first, second = self.stem(x)
        for index, cell in enumerate(self.cells):
            first, second = second, cell(first, second)
            if self.training and self.auxiliary is not None and index == self.tower_at:
                auxiliary = self.auxiliary(second)
        return self.classifier(second.mean(dim=(2, 3))), auxiliary


def set_drop_path(network: nn.Module, probability: float) -> None:
    """Set the probability, in [0, 1), with which each sample loses an edge in training.

    Edges that a sample keeps are scaled by 1 / (1 - probability).
    """
    for module in network.modules():
        if isinstance(module, StochasticDepth):
            module.p = probability
