"""The evaluation networks of ENAS and NAO."""

import math

import pytest
import torch
from torch import nn

from naseval.settings.dataset import ImageSettings
from naseval.spaces import sample
from naseval.training.networks import build_network

SMALL = ImageSettings(images="small", image_size=16, classes=10)


def fan_in(weight):
    return weight[0].numel()


@pytest.mark.parametrize("space", ["enas", "nao"])
def test_all_weights_start_from_hes_normal_distribution(space):
    torch.manual_seed(0)
    network = build_network(sample(space, 0), SMALL, channels=24, cells=3, auxiliary=True)
    layers = [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.Linear)]
    assert len(layers) > 20
    draws = torch.cat(
        [layer.weight.flatten() * math.sqrt(fan_in(layer.weight) / 2) for layer in layers]
    )
    assert draws.std().item() == pytest.approx(1, abs=0.02)
    assert (draws.abs() > 2).float().mean().item() == pytest.approx(0.0455, abs=0.005)  # normal
