"""Number of parameters and of multiply-accumulates of a network."""

from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class Size(NamedTuple):
    """Size of a network without its auxiliary tower."""

    parameters: int
    """Number of trainable parameters."""
    macs: int
    """Multiply-accumulates for one image."""


def count(network: nn.Module, image_size: int) -> Size:
    """Return a network's number of parameters and its multiply-accumulates for one image.

    The auxiliary tower is not counted, because only training uses it. The network may be on the
    device `meta`.

    Parameters
    ----------
    network
        A network for images (B, 3, image_size, image_size).
    image_size
        Side of the images, in pixels.

    """
    return Size(parameters(network, auxiliary=False), macs(network, image_size))


def parameters(network: nn.Module, auxiliary: bool) -> int:
    """Return the number of trainable parameters, with or without those of the auxiliary tower.

    The tower is the module `network.auxiliary`, if it exists.
    """
    counted = set(network.parameters())
    tower = getattr(network, "auxiliary", None)
    if tower is not None and not auxiliary:
        counted -= set(tower.parameters())
    return sum(weight.numel() for weight in counted if weight.requires_grad)


def macs(network: nn.Module, image_size: int) -> int:
    """Return the multiply-accumulates of convolutions and linear layers for one image.

    The network is evaluated in evaluation mode, so the auxiliary tower is not counted. It may be on
    the device `meta`.
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
