"""Vectors of CNAS and NSGA-Net, and the rule that makes a network's wiring visible in one number.

Every convolution and linear layer averages, so a logit depends on operations, strides, paddings
and wiring but not on the channels: networks of 4 channels give the numbers of those of 36.
"""

import json
from typing import Any

import torch
from torch import Tensor, nn

from naseval.genotype import Genotype
from paths import VECTORS as VECTOR_FILES

VECTORS: dict[str, Any] = json.loads((VECTOR_FILES / "other_spaces.json").read_text())
CHANNELS = 4


def genotype(space: str, name: str) -> Genotype:
    """Return a genotype of the vectors, which need not lie in the space."""
    return Genotype.from_dict({**VECTORS[space]["genotypes"][name], "space": space})


def skeleton(entry: dict[str, Any], auxiliary: bool, channels: int | None = None) -> dict[str, Any]:
    """Return what is around the cells of an entry's network."""
    return {
        "images": "large" if entry["input"] == 224 else "small",
        "image_size": entry["input"],
        "classes": entry["classes"],
        "channels": channels or entry["init_channels"],
        "cells": entry["cells"],
        "auxiliary": auxiliary,
    }


@torch.no_grad()
def averaging(network: nn.Module) -> nn.Module:
    """Make the network float64, in evaluation mode, and all its weights averages; return it."""
    network.double().eval()
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.fill_(1 / module.weight[0].numel())
            if module.bias is not None:
                module.bias.zero_()
    return network


def waves(side: int) -> Tensor:
    """Return float64 images (2, 3, side, side) by the vectors' recipe."""
    n, c, i, j = torch.meshgrid(
        *(torch.arange(size, dtype=torch.float64) for size in (2, 3, side, side)), indexing="ij"
    )
    return torch.sin(0.37 * (i + 1) * (n + 1)) + torch.cos(0.23 * (j + 1) * (c + 1))


def assert_logits(found: Tensor, expected: list[float]) -> None:
    """Compare all logits (2, K) of the two images with one number each."""
    wanted = torch.tensor(expected, dtype=torch.float64)[:, None].expand_as(found)
    torch.testing.assert_close(found.detach(), wanted, rtol=1e-6, atol=0)
