"""Squeeze-and-excitation (Hu, Shen and Sun, CVPR 2018)."""

from torch import Tensor, nn

REDUCTION = 16
"""Reduction ratio of the hidden layer (the programs of CNAS and NSGA-Net)."""


class SqueezeExcitation(nn.Module):
    """Multiply each channel by a weight in (0, 1) computed from the means of all channels."""

    def __init__(self, channels: int, bias: bool) -> None:
        super().__init__()
        hidden = max(channels // REDUCTION, 1)
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(channels, hidden, bias=bias),
            nn.ReLU(),
            nn.Linear(hidden, channels, bias=bias),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels, H, W) to the same shape."""
        return x * self.weigh(x)[:, :, None, None]
