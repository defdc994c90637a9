"""Drop path (stochastic depth): branches of a network that training drops for whole samples.

Three forms, all per sample: with one probability for all edges of the DARTS networks, rising with
depth in those of ENAS and NAO, and fixed in ResNet-50.
"""

from torch import Tensor, nn
from torchvision.ops import StochasticDepth, stochastic_depth


def ramp(epoch: int, epochs: int, end: float) -> float:
    """Return the linear rise from 0 at epoch 0 to `end` at epoch `epochs`."""
    return end * epoch / epochs


def with_drop_path(operation: nn.Module) -> nn.Module:
    """Append drop path, per sample; the stride-1 identity is exempt."""
    if isinstance(operation, nn.Identity):
        return operation
    return nn.Sequential(operation, StochasticDepth(0.0, mode="row"))


def set_drop_path(network: nn.Module, probability: float) -> None:
    """Set the probability, in [0, 1), with which each sample loses an edge in training.

    Edges that a sample keeps are scaled by 1 / (1 - probability).
    """
    for module in network.modules():
        if isinstance(module, StochasticDepth):
            module.p = probability


class ScaledDropPath(StochasticDepth):
    """Drop path, per sample, with `depth_share` of the probability that the last cell has."""

    def __init__(self, depth_share: float) -> None:
        super().__init__(0.0, mode="row")
        self.depth_share = depth_share

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, ...) to the same shape."""
        return stochastic_depth(x, self.p * self.depth_share, self.mode, self.training)


class StochasticBranch(nn.Module):
    """Drop a residual branch for whole samples, with a probability that no schedule changes."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        return stochastic_depth(x, self.probability, "row", self.training)
