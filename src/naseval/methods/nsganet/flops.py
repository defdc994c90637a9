"""The cost that NSGA-Net minimises, counted as in its program."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from naseval.networks.operations import FactorizedReduce

ONE_PER_VALUE_READ = (
    nn.ReLU,
    nn.MaxPool2d,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    FactorizedReduce,  # which includes a ReLU
)


def flops(network: nn.Module, image_size: int) -> int:
    """Return the operations for one image. The network may be on the device `meta`.

    Convolutions and linear layers count their multiply-adds, batch normalisation counts two per
    value, and ReLU and pools count one per value read. Sums, concatenations and sigmoids count
    nothing. The network is evaluated in evaluation mode, so an auxiliary tower is not counted.
    """
    counts: list[int] = []
    training = network.training
    handles = [
        module.register_forward_hook(partial(_count, counts)) for module in network.modules()
    ]
    weight = next(network.parameters())
    network.eval()
    try:
        with torch.no_grad():
            network(torch.zeros(1, 3, image_size, image_size, device=weight.device))
    finally:
        network.train(training)
        for handle in handles:
            handle.remove()
    return sum(counts)


def _count(counts: list[int], module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
    if isinstance(module, nn.Conv2d):
        per_value = module.weight[0].numel()
        counts.append(per_value * output.numel())
    elif isinstance(module, nn.Linear):
        counts.append(module.weight.numel())
    elif isinstance(module, nn.BatchNorm2d):
        counts.append(2 * output.numel())
    elif isinstance(module, ONE_PER_VALUE_READ):
        read: Tensor = inputs[0]
        counts.append(read.numel())
