"""Depthwise convolutions whose gradients are fast on CPUs.

oneDNN computes depthwise convolutions quickly, but not all of their gradients: that of a 5x5 kernel
takes up to 20 times as long as the convolution. Both gradients are convolutions themselves. The
input's gradient is that of the output convolved with the flipped kernel. The kernel's gradient is
the input convolved with the output's gradient, where stride and dilation change places.
"""

from collections.abc import Sequence
from functools import reduce
from math import gcd
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FAST_ON = ("cpu",)
"""Devices whose gradients are computed as convolutions. Others use torch's own."""


class Geometry(NamedTuple):
    """How a square kernel moves over an image, equally in both directions."""

    stride: int
    padding: int
    dilation: int


class DepthwiseConv2d(nn.Conv2d):
    """A depthwise convolution without bias, with the same numbers as `nn.Conv2d`."""

    def __init__(
        self, channels: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
    ) -> None:
        super().__init__(
            channels, channels, kernel, stride, padding, dilation, groups=channels, bias=False
        )
        self.geometry = Geometry(stride, padding, dilation)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, channels, H, W) to (B, channels, H', W')."""
        return depthwise(x, [(self.weight, self.geometry)])[0]


def depthwise(x: Tensor, kernels: Sequence[tuple[Tensor, Geometry]]) -> tuple[Tensor, ...]:
    """Convolve each channel of `x` (B, C, H, W) with kernels of its own.

    Every weight is (M·C, 1, k, k) with any M; the result is (B, M·C, H', W'). Its channels are
    those of `x`, M times over.
    """
    weights = [weight for weight, _ in kernels]
    kind = x.device.type
    if torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind):
        dtype = torch.get_autocast_dtype(kind)  # as in every convolution
        x, weights = x.to(dtype), [weight.to(dtype) for weight in weights]
    geometries = tuple(geometry for _, geometry in kernels)
    outputs: tuple[Tensor, ...] = _Depthwise.apply(x, geometries, *weights)
    return outputs


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, geometries: Sequence[Geometry], *weights: Tensor
    ) -> tuple[Tensor, ...]:
        ctx.geometries = geometries
        ctx.save_for_backward(x, *weights)
        return tuple(
            _convolve(inputs, weight, geometry)
            for inputs, weight, geometry in zip(
                _repeated(x, weights), weights, geometries, strict=True
            )
        )

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Any, ...]:
        x, *weights = ctx.saved_tensors
        layers = list(zip(_repeated(x, weights), weights, ctx.geometries, slopes, strict=True))
        if x.device.type not in FAST_ON:
            found = [_library_gradients(*layer, (True, True)) for layer in layers]
            to_inputs = [each for each, _ in found]
            whole = torch.cat(to_inputs, 1) if len(to_inputs) > 1 else to_inputs[0]
            return _summed(whole, x), None, *(to_weight for _, to_weight in found)
        of_x, _, *of_weights = ctx.needs_input_grad
        to_x = (
            reduce(torch.add, (_summed(_input_gradient(*layer), x) for layer in layers))
            if of_x
            else None
        )
        to_weights = [
            _weight_gradient(x, *layer) if wanted else None
            for layer, wanted in zip(layers, of_weights, strict=True)
        ]
        return to_x, None, *to_weights


def _repeated(x: Tensor, weights: Sequence[Tensor]) -> list[Tensor]:
    """Return for each weight (M·C, 1, k, k) the input (B, C, H, W) with its channels M times."""
    times = [len(weight) // x.shape[1] for weight in weights]
    repeated = {count: torch.cat([x] * count, 1) if count > 1 else x for count in set(times)}
    return [repeated[count] for count in times]


def _summed(slope: Tensor, x: Tensor) -> Tensor:
    """Return the sum of the M parts of `slope` (B, M·C, H, W), in the memory format of `x`."""
    if slope.shape[1] == x.shape[1]:
        return slope
    if torch.is_grad_enabled():  # for a second derivative, which `out` does not have
        return slope.unflatten(1, (-1, x.shape[1])).sum(1)
    return torch.sum(slope.unflatten(1, (-1, x.shape[1])), 1, out=torch.empty_like(x))


def _convolve(inputs: Tensor, weight: Tensor, geometry: Geometry) -> Tensor:
    return F.conv2d(inputs, weight, None, *geometry, groups=len(weight))


def _input_gradient(inputs: Tensor, weight: Tensor, geometry: Geometry, slope: Tensor) -> Tensor:
    stride, padding, dilation = geometry
    step = gcd(*geometry)
    if step > 1:  # the kernel reads only every `step`th pixel
        reduced = Geometry(*(number // step for number in geometry))
        whole = torch.zeros_like(inputs)
        part = whole[:, :, ::step, ::step]
        part.copy_(_input_gradient(part, weight, reduced, slope))
        return whole
    if stride > 1:
        return _library_gradients(inputs, weight, geometry, slope, (True, False))[0]
    reach = dilation * (weight.shape[-1] - 1)
    return _convolve(slope, weight.flip(2, 3), Geometry(1, reach - padding, dilation))


def _weight_gradient(
    x: Tensor, inputs: Tensor, weight: Tensor, geometry: Geometry, slope: Tensor
) -> Tensor:
    """Return the gradient of `weight` for `inputs`, the repeated `x`."""
    stride, padding, dilation = geometry
    size = weight.shape[-1]
    if size <= 3 and dilation == 1:  # oneDNN is fast here
        return _library_gradients(inputs, weight, geometry, slope, (False, True))[1]
    times, planes = len(weight) // x.shape[1], len(x) * len(weight)
    images = x.contiguous().unsqueeze(1).expand(-1, times, -1, -1, -1)
    found = F.conv2d(
        images.reshape(1, planes, *x.shape[2:]),
        slope.reshape(planes, 1, *slope.shape[2:]),
        stride=dilation,
        padding=padding,
        dilation=stride,
        groups=planes,
    )
    # Pixels of the input that the stride does not reach may give further rows and columns.
    found = found[0, :, :size, :size]
    return found.unflatten(0, (len(x), len(weight))).sum(0).unsqueeze(1)


def _library_gradients(
    inputs: Tensor, weight: Tensor, geometry: Geometry, slope: Tensor, wanted: tuple[bool, bool]
) -> tuple[Tensor, Tensor]:
    """Return torch's own gradients of inputs and weight, as far as they are wanted."""
    stride, padding, dilation = ([number, number] for number in geometry)
    to_inputs, to_weight, _ = torch.ops.aten.convolution_backward(
        slope, inputs, weight, None,
        stride, padding, dilation, False, [0, 0], len(weight), [*wanted, False],
    )  # fmt: skip
    return to_inputs, to_weight
