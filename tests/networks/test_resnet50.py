"""ResNet-50 against the numbers of its reconstruction."""

import pytest
import torch

from fixtures_networks import VECTORS
from naseval.errors import NasevalError
from naseval.networks.cost import macs, parameters
from naseval.networks.drop_path import StochasticBranch, set_drop_path
from naseval.networks.fixed.resnet50 import build
from naseval.settings.dataset import ImageSettings

CASES = VECTORS["resnet50"]["cases"]
SMALL = ImageSettings(images="small", image_size=32, classes=10)
REST = {"auxiliary": True, "drop_path": 0.2}


@pytest.mark.parametrize(
    ("channels", "case"), [(36, "resnet50_cifarstem_w64"), (50, "resnet50_cifarstem_w89")]
)
def test_sizes(channels, case):
    expected = CASES[case]
    with torch.device("meta"):
        network = build(SMALL, channels=channels, **REST)
        x = torch.zeros(2, 3, 32, 32)
    assert parameters(network, auxiliary=False) == expected["params"]
    assert parameters(network, auxiliary=True) == expected["params"] + expected["aux"]
    assert macs(network, 32) == expected["macs"]
    layer_2 = network.layers[1](network.layers[0](network.stem(x)))
    assert list(layer_2.shape) == expected["layer2_out"]


def test_branches_drop_more_often_with_depth_whatever_the_epoch():
    with torch.device("meta"):
        network = build(SMALL, channels=36, **REST)
    set_drop_path(network, 0.9)
    found = [m.probability for m in network.modules() if isinstance(m, StochasticBranch)]
    assert found == pytest.approx([0.2 * (block + 1) / 16 for block in range(16)])


def test_dropping_every_branch_leaves_the_shortcuts():
    network = build(SMALL, channels=2, **REST).train()
    for module in network.modules():
        if isinstance(module, StochasticBranch):
            module.probability = 1 - 1e-9
    logits, auxiliary = network(torch.randn(3, 3, 32, 32))
    assert logits.shape == auxiliary.shape == (3, 10)
    block = network.layers[0][1]
    x = torch.rand(2, *next(iter(block.conv1.parameters())).shape[1:2], 8, 8)
    assert torch.equal(block(x), x)


def test_large_images_are_refused():
    with pytest.raises(NasevalError, match="small images"):
        build(SMALL.model_copy(update={"images": "large"}), channels=36, **REST)
