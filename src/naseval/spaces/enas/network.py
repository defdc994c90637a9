"""Networks of the ENAS space.

The authors trained small images in ENAS's own network and large ones in that of DARTS, with the
genotype translated: all nodes are concatenated there, loose or not.
"""

from dataclasses import replace
from functools import partial

from torch import nn

from naseval.errors import NasevalError
from naseval.genotype import Cell, Genotype
from naseval.networks.cells import CellSpec
from naseval.networks.loose_ends import LOOSE_OPERATIONS, Calibrate, LooseEndNetwork
from naseval.networks.operations import OPERATIONS, relu_conv_norm
from naseval.networks.skeleton import (
    CellNetwork,
    EvaluationNetwork,
    Skeleton,
    pool_to_2x2,
    reductions,
)
from naseval.spaces._cells import every_node


class EnasCalibrate(Calibrate):
    """Calibration after which the second input always passes one more 1x1 convolution."""

    def __init__(self, spec: CellSpec) -> None:
        super().__init__(spec)
        width = spec.channels
        self.second = nn.Sequential(self.second, relu_conv_norm(width, width, 1, 1, True))


class EnasTower(nn.Sequential):
    """Classifies an intermediate map (B, channels, side, side) into logits (B, classes).

    The 2x2 convolution keeps the map's 2x2 pixels (zeros right and below), and nothing has a
    bias, as in ENAS's TensorFlow program.
    """

    def __init__(self, channels: int, side: int, classes: int) -> None:
        super().__init__(
            nn.ReLU(),
            pool_to_2x2(side),
            nn.Conv2d(channels, 128, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(128, 768, 2, bias=False),
            nn.BatchNorm2d(768),
            *enas_head(768, classes, dropout=0.0),
        )


def enas_head(channels: int, classes: int, dropout: float) -> nn.Sequential:
    """Return ReLU, global average, dropout and a linear classifier without a bias."""
    return nn.Sequential(
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(channels, classes, bias=False),
    )


def tower_position(cells: int) -> int:
    """Return the cell that the tower reads: the one after the second reduction, where there is."""
    return min(reductions(cells)[-1] + 1, cells - 1)


def build(genotype: Genotype, skeleton: Skeleton, *, dropout: float) -> CellNetwork:
    """Return the evaluation network of a genotype.

    `dropout` is the share of the features dropped before the classifier, of small images' networks
    only; `NasevalError` where large ones are given any.
    """
    if skeleton.images == "large":
        if dropout:
            raise NasevalError(
                "network option dropout must be 0 for large images, whose ENAS network is that "
                "of DARTS; set it to 0 in the protocol's overrides for large"
            )
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
