"""Drop path (stochastic depth): training drops branches of a network for whole samples.

There are three forms, all per sample. In the DARTS networks all edges have the same probability. In
the networks of ENAS and NAO it rises with depth. In ResNet-50 it is constant over epochs.

The draws are those of torchvision's `stochastic_depth`. Importing torchvision would take as long as
importing torch.
"""

import torch
from torch import Tensor, nn


def ramp(epoch: int, epochs: int, end: float) -> float:
    """Return the linear ramp from 0 at epoch 0 to `end` at epoch `epochs`."""
    return end * epoch / epochs


def drop_samples(x: Tensor, probability: float) -> Tensor:
    """Set samples of (B, ...) to 0 with a probability in [0, 1), and scale the others up."""
    if probability == 0:
        return x
    kept = x.new_empty(_per_sample(x)).bernoulli_(1 - probability)
    return x * kept.div_(1 - probability)


class DropPath(nn.Module):
    """Drop path in training with the fraction `depth_share` of a probability that can be set.

    A compiled network reads the probability from a tensor, since for each new number it would be
    compiled again.
    """

    rate: Tensor

    def __init__(self, depth_share: float = 1.0) -> None:
        super().__init__()
        self.depth_share = depth_share
        self.register_buffer("rate", torch.tensor(0.0), persistent=False)
        self.set_probability(0.0)

    def set_probability(self, probability: float) -> None:
        """Set the probability, in [0, 1), of the last cell."""
        self.probability = probability
        self.rate.fill_(probability)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, ...) to the same shape."""
        if not self.training:
            return x
        if torch.compiler.is_compiling():
            share = 1 - self.rate * self.depth_share
            kept = torch.rand(_per_sample(x), device=x.device) < share
            return x * (kept / share).to(x.dtype)
        return drop_samples(x, self.probability * self.depth_share)


class StochasticBranch(nn.Module):
    """Drop path for a residual branch, with a probability that is constant over epochs."""

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        return drop_samples(x, self.probability) if self.training else x


def with_drop_path(operation: nn.Module) -> nn.Module:
    """Append drop path to an operation, except to a stride-1 identity."""
    if isinstance(operation, nn.Identity):
        return operation
    return nn.Sequential(operation, DropPath())


def set_drop_path(network: nn.Module, probability: float) -> None:
    """Set the probability, in [0, 1), of dropping an edge for a sample in training.

    Kept edges are scaled by 1 / (1 - probability).
    """
    for module in network.modules():
        if isinstance(module, DropPath):
            module.set_probability(probability)


def _per_sample(x: Tensor) -> list[int]:
    return [len(x)] + [1] * (x.dim() - 1)
