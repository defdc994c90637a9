"""1x1 convolutions that stride over an image.

A pool of single pixels picks what they read. oneDNN's convolutions with a stride are not used: on
CPUs without AVX-512 the gradient of their weights writes beyond its memory if fewer than 8 channels
are channels last (https://github.com/uxlfoundation/oneDNN/issues/6035). A slice would do too, but
its gradient is not channels last.
"""

from torch import Tensor, nn
from torch.nn import functional as F


class PointwiseConv2d(nn.Conv2d):
    """A 1x1 convolution without bias, with the same numbers as `nn.Conv2d`.

    Its first pixel is at row and column `start`.
    """

    def __init__(
        self, channels_in: int, channels_out: int, stride: int = 1, start: int = 0
    ) -> None:
        super().__init__(channels_in, channels_out, 1, stride, bias=False)
        self.start = start

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels_in, H, W) to (B, channels_out, H', W').

        H' is (H - start) / stride, rounded up, and W' likewise.
        """
        return pointwise(x, self.weight, self.stride[0], self.start)


def pointwise(x: Tensor, weight: Tensor, stride: int = 1, start: int = 0) -> Tensor:
    """Convolve `x` (B, C, H, W) with `weight` (C', C, 1, 1).

    It reads each `stride`th pixel from `start`.
    """
    if start > 0:
        x = F.pad(x, (-start, 0, -start, 0))
    if stride > 1:
        x = F.avg_pool2d(x, 1, stride)
    return F.conv2d(x, weight)
