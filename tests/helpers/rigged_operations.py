"""Operations of which one works and the others tell nothing of their input."""

import torch
from torch import Tensor, nn

from naseval.networks.operations import relu_conv_norm
from naseval.spaces.darts.space import SPACE

CANDIDATES = [name for name in SPACE.operations if name != "none"]


class Noise(nn.Module):
    """An operation that tells nothing of its input."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return torch.randn_like(x[:, :, :: self.stride, :: self.stride])


def works(channels: int, stride: int, affine: bool) -> nn.Module:
    return relu_conv_norm(channels, channels, 1, stride, affine)


def fails(_channels: int, stride: int, _affine: bool) -> nn.Module:
    return Noise(stride)
