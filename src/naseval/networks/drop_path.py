"""Drop path (stochastic depth): training drops branches of a network for whole samples.

There are three forms, all per sample. In the DARTS networks all edges have the same probability. In
the networks of ENAS and NAO it rises with depth. In ResNet-50 it is constant over epochs.
"""

from torch import Tensor, nn
from torchvision.ops import StochasticDepth, stochastic_depth


def ramp(epoch: int, epochs: int, end: float) -> float:
    """Return the linear ramp from 0 at epoch 0 to `end` at epoch `epochs`."""
    return end * epoch / epochs


def with_drop_path(operation: nn.Module) -> nn.Module:
    """Append drop path to an operation, except to a stride-1 identity."""
    if isinstance(operation, nn.Identity):
        return operation
    return nn.Sequential(operation, StochasticDepth(0.0, mode="row"))


def set_drop_path(network: nn.Module, probability: float) -> None:
    """Set the probability, in [0, 1), of dropping an edge for a sample in training.

    Kept edges are scaled by 1 / (1 - probability).
    """
    for module in network.modules():
        if isinstance(module, StochasticDepth):
            module.p = probability


class ScaledDropPath(StochasticDepth):
    """Drop path with the fraction `depth_share` of the last cell's probability."""

    def __init__(self, depth_share: float) -> None:
        super().__init__(0.0, mode="row")
        self.depth_share = depth_share

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, ...) to the same shape."""
        return stochastic_depth(x, self.p * self.depth_share, self.mode, self.training)


class StochasticBranch(nn.Module):
    """Drop path for a residual branch, with a probability that is constant over epochs."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        return stochastic_depth(x, self.probability, "row", self.training)
