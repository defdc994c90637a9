"""ResNet-50 for the paper's protocols (appendix A.3.1), a reconstruction without released code.

The paper states the same protocols, the auxiliary tower after layer 2, and stochastic depth instead
of drop path. The following was decided here. The stem for small images is one 3x3 convolution of
stride 1, since the usual stem leaves maps too small for the tower. Drop probabilities rise linearly
with depth and are constant over epochs (Huang et al., ECCV 2016). 36 initial channels correspond to
a width of 64, other numbers in proportion.
"""

from torch import Tensor, nn
from torchvision.models.resnet import Bottleneck

from naseval.errors import NasevalError
from naseval.networks.drop_path import StochasticBranch
from naseval.networks.normalisation import batch_norm
from naseval.networks.pointwise import PointwiseConv2d
from naseval.networks.shape import last_side
from naseval.networks.skeleton import AuxiliaryHead, global_average
from naseval.settings.dataset import ImageSettings

BLOCKS = (3, 4, 6, 3)
TAKES = {"images": ("small",), "halvings": 3}
"""What planning compares with the images, without importing this module."""
WIDTH, CHANNELS = 64, 36
TOWER_AT = 1
"""Index of the layer before the tower: layer 2, counted from 0."""


class ResNet50(nn.Module):
    """ResNet-50 with blocks 3-4-6-3 and a stem that keeps the resolution."""

    def __init__(
        self, *, image_size: int, classes: int, width: int, auxiliary: bool, drop_path: float
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1, bias=False), batch_norm(width), nn.ReLU()
        )
        self.layers = nn.ModuleList()
        channels, done = width, 0
        for index, blocks in enumerate(BLOCKS):
            layer = nn.Sequential()
            for block in range(blocks):
                done += 1
                probability = drop_path * done / sum(BLOCKS)
                planes, stride = width * 2**index, 2 if index and block == 0 else 1
                layer.append(bottleneck(channels, planes, stride, probability))
                channels = planes * Bottleneck.expansion
            self.layers.append(layer)
        side = last_side(image_size, stem_stride=1, halvings=len(BLOCKS) - 1)
        tower_width = width * 2**TOWER_AT * Bottleneck.expansion
        tower_side = side * 2 ** (len(BLOCKS) - 1 - TOWER_AT)
        self.auxiliary = AuxiliaryHead(tower_width, tower_side, classes) if auxiliary else None
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Map (B, 3, S, S) to logits (B, classes) and, in training with a tower, tower logits."""
        auxiliary = None
        x = self.stem(x)
        for index, layer in enumerate(self.layers):
            x = layer(x)
            if self.training and self.auxiliary is not None and index == TOWER_AT:
                auxiliary = self.auxiliary(x)
        return self.classifier(global_average(x)), auxiliary


def bottleneck(channels: int, planes: int, stride: int, probability: float) -> Bottleneck:
    """Return torchvision's bottleneck block with stochastic depth after its residual branch."""
    wide = planes * Bottleneck.expansion
    shortcut = None
    if stride != 1 or channels != wide:
        shortcut = nn.Sequential(PointwiseConv2d(channels, wide, stride), batch_norm(wide))
    block = Bottleneck(channels, planes, stride, shortcut)
    block.bn3 = nn.Sequential(block.bn3, StochasticBranch(probability))
    return block


def build(dataset: ImageSettings, *, channels: int, auxiliary: bool, drop_path: float) -> ResNet50:
    """Return the network. Raise `NasevalError` for large images, which the paper does not use."""
    if dataset.images != "small":
        raise NasevalError("resnet50 is for small images; take it out of the study of large ones")
    return ResNet50(
        image_size=dataset.image_size,
        classes=dataset.classes,
        width=round(WIDTH * channels / CHANNELS),
        auxiliary=auxiliary,
        drop_path=drop_path,
    )
