"""Networks of the NAO space."""

from functools import partial
from typing import Unpack

from torch import nn

from naseval.genotype import Genotype
from naseval.networks.evaluation import Skeleton
from naseval.networks.heads import AuxiliaryHead
from naseval.networks.layout import reductions
from naseval.networks.loose_ends import Calibrate, LooseEndNetwork
from naseval.networks.nao_operations import NAO_OPERATIONS


def nao_head(channels: int, classes: int, dropout: float) -> nn.Sequential:
    """Return global average, dropout and a linear classifier."""
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(channels, classes)
    )


def build(genotype: Genotype, *, dropout: float, **skeleton: Unpack[Skeleton]) -> LooseEndNetwork:
    """Return the evaluation network of a genotype; `dropout` is that before the classifier."""
    classes = skeleton["classes"]
    return LooseEndNetwork(
        genotype,
        NAO_OPERATIONS,
        calibrate=Calibrate,
        tower=partial(AuxiliaryHead, classes=classes),
        tower_at=reductions(skeleton["cells"])[-1],
        head=partial(nao_head, classes=classes, dropout=dropout),
        **skeleton,
    )
