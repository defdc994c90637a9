"""Depthwise convolutions and their gradients, against torch's own, in float64."""

from itertools import product

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from naseval.networks import depthwise as module
from naseval.networks.depthwise import DepthwiseConv2d, Geometry, depthwise

KERNELS = (1, 3, 5, 7)
CHANNELS = 4


def cases(kernel, size):
    for stride, dilation in product((1, 2), (1, 2, 3)):
        half = dilation * (kernel // 2)
        for padding in sorted({0, half, half + 1}):
            reach = dilation * (kernel - 1)
            if padding <= reach < size + 2 * padding:
                yield Geometry(stride, padding, dilation)


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(
            one, other, rtol=0, atol=1e-12 * float(other.detach().abs().max()) + 1e-15
        )


def compared(x, kernels):
    """Return outputs and gradients of `depthwise`, and torch's."""
    inputs = [x, *(weight for weight, _ in kernels)]
    own = depthwise(x, kernels)
    plain = [
        F.conv2d(
            torch.cat([x] * (len(weight) // x.shape[1]), 1),
            weight,
            None,
            *geometry,
            groups=len(weight),
        )
        for weight, geometry in kernels
    ]
    slopes = [torch.randn_like(output) for output in plain]
    return [[*outputs, *torch.autograd.grad(outputs, inputs, slopes)] for outputs in (own, plain)]


@pytest.mark.parametrize("size", [7, 8, 12])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("times", [1, 3])
def test_gradients_of_every_geometry(kernel, size, times):
    torch.manual_seed(0)
    for geometry in cases(kernel, size):
        x = torch.randn(3, CHANNELS, size, size, dtype=torch.float64, requires_grad=True)
        shape = times * CHANNELS, 1, kernel, kernel
        weight = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        assert_same(*compared(x, [(weight, geometry)]))


@pytest.mark.parametrize("own", [True, False], ids=["cpu", "library"])
def test_several_kernels_on_one_input(own, monkeypatch):
    """The library's gradients serve other devices."""
    if not own:
        monkeypatch.setattr(module, "FAST_ON", ())
    torch.manual_seed(0)
    x = torch.randn(2, CHANNELS, 8, 8, dtype=torch.float64, requires_grad=True)
    kernels = [
        (torch.randn(times * CHANNELS, 1, size, size, dtype=torch.float64, requires_grad=True), g)
        for times, size, g in (
            (2, 3, Geometry(1, 1, 1)),
            (2, 5, Geometry(1, 2, 1)),
            (1, 3, Geometry(1, 2, 2)),
            (3, 5, Geometry(1, 4, 2)),
        )
    ]
    assert_same(*compared(x, kernels))


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_float32_keeps_the_memory_format(memory_format):
    torch.manual_seed(0)
    x = torch.randn(4, 16, 16, 16).contiguous(memory_format=memory_format).requires_grad_()
    for kernel, dilation in product((3, 5), (1, 2)):
        layer = DepthwiseConv2d(16, kernel, 1, dilation * (kernel // 2), dilation)
        output = layer(x)
        slope = torch.randn_like(output)
        gradient, of_weight = torch.autograd.grad(output, [x, layer.weight], slope)
        assert output.is_contiguous(memory_format=memory_format)
        assert gradient.is_contiguous(memory_format=memory_format)
        exact = layer.double()
        wide = x.detach().double().requires_grad_()
        truth = torch.autograd.grad(exact(wide), [wide, exact.weight], slope.double())
        for found, expected in zip((gradient, of_weight), truth, strict=True):
            difference = (found - expected).abs().max() / expected.abs().max()
            assert difference < 1e-5
        layer.float()


def test_the_layer_begins_like_torchs():
    torch.manual_seed(0)
    layer = DepthwiseConv2d(6, 5, 2, 2)
    torch.manual_seed(0)
    plain = nn.Conv2d(6, 6, 5, 2, 2, groups=6, bias=False)
    assert torch.equal(layer.weight, plain.weight)
    assert layer.state_dict().keys() == plain.state_dict().keys()


def test_autocast_computes_in_bfloat16():
    x = torch.randn(2, 4, 8, 8, requires_grad=True)
    layer = DepthwiseConv2d(4, 5, 1, 2)
    with torch.autocast("cpu", torch.bfloat16):
        output = layer(x)
    assert output.dtype == torch.bfloat16
    output.float().sum().backward()
    assert x.grad.dtype == layer.weight.grad.dtype == torch.float32
    expected = torch.autograd.grad(layer(x).sum(), layer.weight)[0]
    torch.testing.assert_close(layer.weight.grad, expected, rtol=0.05, atol=0.5)
