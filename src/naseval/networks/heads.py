"""The auxiliary tower, with the widths of the authors' program."""

from torch import nn


def _pool_to_2x2(side: int) -> nn.Module:
    """Average to 2x2: 5x5 windows as far apart as fits, smaller ones on maps below 6x6.

    The stride is 3 on an 8x8 map and 2 on a 7x7 map, as in the authors' program; maps too small
    for two such windows occur only in networks smaller than the paper's.
    """
    return nn.AvgPool2d(5, stride=side - 5) if side > 5 else nn.AdaptiveAvgPool2d(2)


class AuxiliaryHead(nn.Sequential):
    """Classifies an intermediate map (B, channels, side, side) into logits (B, classes)."""

    def __init__(self, channels: int, side: int, classes: int) -> None:
        super().__init__(
            nn.ReLU(),
            _pool_to_2x2(side),
            nn.Conv2d(channels, 128, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.Conv2d(128, 768, 2, bias=False),
            nn.BatchNorm2d(768),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(768, classes),
        )
