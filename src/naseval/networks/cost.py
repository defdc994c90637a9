"""How many parameters a network has, and how many multiply-accumulates an image takes."""

from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class Size(NamedTuple):
    """What a network costs, its auxiliary tower left out."""

    parameters: int
    """Trainable scalars."""
    macs: int
    """Multiply-accumulates for one image."""


def count(network: nn.Module, image_size: int) -> Size:
    """Return a network's parameters and its multiply-accumulates for one image.

    The auxiliary tower, which only training uses, is left out. The network may be on `meta`.

    Parameters
    ----------
    network
        Maps images (B, 3, image_size, image_size).
    image_size
        Side of the images, in pixels.

    """
    return Size(parameters(network, auxiliary=False), macs(network, image_size))


def parameters(network: nn.Module, auxiliary: bool) -> int:
    """Return the number of trainable scalars, with or without the auxiliary tower's.

    The tower is the module `network.auxiliary`, if there is one.
    """
    counted = set(network.parameters())
    tower = getattr(network, "auxiliary", None)
    if tower is not None and not auxiliary:
        counted -= set(tower.parameters())
    return sum(weight.numel() for weight in counted if weight.requires_grad)


def macs(network: nn.Module, image_size: int) -> int:
    """Return the multiply-accumulates of convolutions and linear layers for one image.

    Counted in evaluation mode, so without the auxiliary tower. The network may be on `meta`.
    """
    training = network.training
    weight = next(network.parameters())
    image = torch.zeros(1, 3, image_size, image_size, dtype=weight.dtype, device=weight.device)
    counter = FlopCounterMode(display=False)
    network.eval()
    try:
        with torch.no_grad(), counter:
            network(image)
    finally:
        network.train(training)
    return counter.get_total_flops() // 2
