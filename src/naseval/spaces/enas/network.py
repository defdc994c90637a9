"""Networks of the ENAS space.

The authors trained small images in the network of ENAS. For large images they used the network of
DARTS and concatenated all nodes of the genotype, including those that another node reads.
"""

from dataclasses import replace
from functools import partial

from torch import nn

from naseval.genotype import Cell, Genotype
from naseval.networks.cells import CellSpec
from naseval.networks.loose_ends import LOOSE_OPERATIONS, Calibrate, LooseEndNetwork
from naseval.networks.normalisation import batch_norm
from naseval.networks.operations import OPERATIONS, relu_conv_norm
from naseval.networks.shape import Skeleton, reductions
from naseval.networks.skeleton import CellNetwork, EvaluationNetwork, pool_to_2x2
from naseval.spaces._cells import every_node


class EnasCalibrate(Calibrate):
    """A `Calibrate` module that applies one more 1x1 block to the second input."""

    def __init__(self, spec: CellSpec) -> None:
        super().__init__(spec)
        width = spec.channels
        self.second = nn.Sequential(self.second, relu_conv_norm(width, width, 1, 1, True))


class EnasTower(nn.Sequential):
    """Auxiliary tower: maps (B, channels, side, side) to logits (B, classes).

    As in ENAS's TensorFlow program, the 2x2 convolution keeps the size of the 2x2 map (it pads
    zeros on the right and below), and no layer has a bias.
    """

    def __init__(self, channels: int, side: int, classes: int) -> None:
        super().__init__(
            nn.ReLU(),
            pool_to_2x2(side),
            nn.Conv2d(channels, 128, 1, bias=False),
            batch_norm(128),
            nn.ReLU(),
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(128, 768, 2, bias=False),
            batch_norm(768),
            *enas_head(768, classes, dropout=0.0),
        )


def enas_head(channels: int, classes: int, dropout: float) -> nn.Sequential:
    """Return ReLU, global average pooling, dropout and a linear classifier without bias."""
    return nn.Sequential(
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(channels, classes, bias=False),
    )


def tower_position(cells: int) -> int:
    """Return the position of the cell that the tower reads.

    It is the cell after the second reduction, or the last cell if there is none after it.
    """
    return min(reductions(cells)[-1] + 1, cells - 1)


def build(genotype: Genotype, skeleton: Skeleton, *, dropout: float) -> CellNetwork:
    """Return the evaluation network of a genotype.

    `dropout` is the dropout probability before the classifier, 0 for large images.
    """
    if skeleton.images == "large":
        return EvaluationNetwork(translated(genotype), OPERATIONS, skeleton)
    return LooseEndNetwork(
        genotype,
        LOOSE_OPERATIONS,
        skeleton,
        calibrate=EnasCalibrate,
        tower=partial(EnasTower, classes=skeleton.classes),
        tower_at=tower_position(skeleton.cells),
        head=partial(enas_head, classes=skeleton.classes, dropout=dropout),
    )


def translated(genotype: Genotype) -> Genotype:
    """Return the genotype with all nodes concatenated."""
    return replace(genotype, normal=_closed(genotype.normal), reduce=_closed(genotype.reduce))


def _closed(cell: Cell) -> Cell:
    return replace(cell, concat=every_node(cell.nodes))
