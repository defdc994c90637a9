"""How large and how costly a network is."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

AUXILIARY = "auxiliary."
"""How the names of an auxiliary tower's parameters begin, in every network."""


def parameters(network: nn.Module, auxiliary: bool) -> int:
    """Return the number of trainable scalars, with or without the auxiliary tower's."""
    return sum(
        parameter.numel()
        for name, parameter in network.named_parameters()
        if parameter.requires_grad and (auxiliary or not name.startswith(AUXILIARY))
    )


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
