"""1x1 convolutions with a stride, against torch's own, and on CPUs without AVX-512."""

import os
import subprocess
import sys

import pytest
import torch
from torch.nn import functional as F

from naseval.networks.pointwise import PointwiseConv2d


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize(("stride", "start"), [(1, 0), (2, 0), (2, 1), (3, 1)])
def test_the_same_numbers_as_a_convolution_with_a_stride(size, stride, start):
    torch.manual_seed(0)
    layer = PointwiseConv2d(4, 6, stride, start).double()
    x = torch.randn(3, 4, size, size, dtype=torch.float64, requires_grad=True)
    plain = F.conv2d(x[:, :, start:, start:], layer.weight, stride=stride)
    found = layer(x)
    slope = torch.randn_like(plain)
    wanted = [x, layer.weight]
    torch.testing.assert_close(found, plain)
    torch.testing.assert_close(
        torch.autograd.grad(found, wanted, slope), torch.autograd.grad(plain, wanted, slope)
    )


MANY_STEPS = """
import torch
from naseval.networks.operations import FactorizedReduce, conv
torch.set_num_threads(1)
x = torch.randn(64, 4, 8, 8).contiguous(memory_format=torch.channels_last)
for layer in (FactorizedReduce(4, 4, True), conv(4, 2, True, kernel=1)):
    for _ in range(100):
        layer(x).sum().backward()
print("done")
"""


def test_few_channels_are_trained_without_avx_512():
    """In a process of its own, since what is written beyond its memory ends it."""
    done = subprocess.run(
        [sys.executable, "-c", MANY_STEPS],
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
