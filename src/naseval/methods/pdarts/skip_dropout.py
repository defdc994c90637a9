"""Dropout on the skip connections of a supernet, as in P-DARTS."""

from collections.abc import Sequence
from itertools import count

import torch
from torch import Tensor, nn

from naseval.networks.operations import Operation, OperationTable
from naseval.randomness import torch_seed


class SkipDropout(nn.Module):
    """Element-wise dropout that replaces a stride-1 skip connection.

    Each has a random stream of its own. So the masks do not depend on the order in which the
    edges are executed.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.p = 0.0
        self.seed = 0

    def forward(self, x: Tensor) -> Tensor:
        """In training, set each element to 0 with probability `p`, and scale the others up."""
        if not self.training or self.p == 0:
            return x
        generator = torch.Generator(x.device).manual_seed(self.seed)
        kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=generator)
        return x * (kept / (1 - self.p) if self.p < 1 else kept)


def with_skip_dropout(table: OperationTable) -> OperationTable:
    """Return the table with dropout on the identity. A skip of stride 2 has no dropout.

    Use a new table for each network: the edges are numbered in the order of their construction.
    The probability is 0 until `set_skip_dropout` sets it.
    """
    return {**table, "skip_connect": _dropped(table["skip_connect"])}


def skip_dropouts(network: nn.Module) -> list[SkipDropout]:
    """Return the skip connections with dropout."""
    return [module for module in network.modules() if isinstance(module, SkipDropout)]


def set_skip_dropout(skips: Sequence[SkipDropout], probability: float) -> None:
    """Set the probability, in [0, 1], of dropping each element of a skip connection in training."""
    for skip in skips:
        skip.p = probability


def draw_masks(skips: Sequence[SkipDropout]) -> None:
    """Begin new random masks, from torch's global generator on the CPU."""
    if any(skip.p for skip in skips):
        key = int(torch.randint(2**62, ()))
        for skip in skips:
            skip.seed = torch_seed(key, "skip dropout", skip.number)


def _dropped(skip: Operation) -> Operation:
    numbers = count()

    def build(channels: int, stride: int, affine: bool) -> nn.Module:
        built = skip(channels, stride, affine)
        return SkipDropout(next(numbers)) if isinstance(built, nn.Identity) else built

    return build
