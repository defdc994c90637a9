"""Networks of the NAO space and their operations."""

from functools import partial

from torch import Tensor, nn
from torch.nn import functional as F

from naseval.genotype import Genotype
from naseval.networks.loose_ends import LOOSE_OPERATIONS, Calibrate, LooseEndNetwork
from naseval.networks.normalisation import batch_norm
from naseval.networks.operations import OperationTable, conv, max_pool
from naseval.networks.shape import Skeleton
from naseval.networks.skeleton import AuxiliaryHead


def split_conv(channels: int, stride: int, affine: bool, kernel: int) -> nn.Module:
    """Return a 1 × kernel and a kernel × 1 convolution, each strided along its own direction."""
    pad = kernel // 2
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(channels, channels, (1, kernel), (1, stride), (0, pad), bias=False),
        batch_norm(channels, affine=affine),
        nn.ReLU(),
        nn.Conv2d(channels, channels, (kernel, 1), (stride, 1), (pad, 0), bias=False),
        batch_norm(channels, affine=affine),
    )


class Pool2x2(nn.Module):
    """A 2x2 pool. For stride 1 the last row and column are repeated to keep the size."""

    def __init__(self, pool: type[nn.MaxPool2d] | type[nn.AvgPool2d], stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.pool = pool(2, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C, H/stride, W/stride)."""
        if self.stride == 1:
            x = F.pad(x, (0, 1, 0, 1), mode="replicate")
        return self.pool(x)


def padded_avg_pool(_channels: int, stride: int, _affine: bool, kernel: int) -> nn.Module:
    """Return an average pool that includes the zero padding in its averages."""
    return nn.AvgPool2d(kernel, stride, kernel // 2)


def _pool_2x2(
    _channels: int, stride: int, _affine: bool, pool: type[nn.MaxPool2d] | type[nn.AvgPool2d]
) -> nn.Module:
    return Pool2x2(pool, stride)


NAO_OPERATIONS: OperationTable = {
    **LOOSE_OPERATIONS,
    "conv_1x1": partial(conv, kernel=1),
    "conv_3x3": partial(conv, kernel=3),
    "conv_1x3_3x1": partial(split_conv, kernel=3),
    "conv_1x7_7x1": partial(split_conv, kernel=7),
    "max_pool_2x2": partial(_pool_2x2, pool=nn.MaxPool2d),
    "max_pool_5x5": partial(max_pool, kernel=5),
    "avg_pool_2x2": partial(_pool_2x2, pool=nn.AvgPool2d),
    "padded_avg_pool_3x3": partial(padded_avg_pool, kernel=3),
    "padded_avg_pool_5x5": partial(padded_avg_pool, kernel=5),
}


def nao_head(channels: int, classes: int, dropout: float) -> nn.Sequential:
    """Return global average pooling, dropout and a linear classifier."""
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(channels, classes)
    )


def build(genotype: Genotype, skeleton: Skeleton, *, dropout: float) -> LooseEndNetwork:
    """Return the evaluation network of a genotype, with `dropout` before the classifier."""
    return LooseEndNetwork(
        genotype,
        NAO_OPERATIONS,
        skeleton,
        calibrate=Calibrate,
        tower=partial(AuxiliaryHead, classes=skeleton.classes),
        tower_at=skeleton.reductions[-1],
        head=partial(nao_head, classes=skeleton.classes, dropout=dropout),
    )
