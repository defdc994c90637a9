"""Scores of networks that nobody trained: NWOT and synflow.

Sources: Mellor et al., "Neural Architecture Search without Training" (ICML 2021), for NWOT; Tanaka
et al., "Pruning neural networks without any data by iteratively conserving synaptic flow" (NeurIPS
2020), for synflow; Abdelfattah et al., "Zero-Cost Proxies for Lightweight NAS" (ICLR 2021), for
ranking architectures by it, with batch normalisation bypassed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

RELUS = (torch.ops.aten.relu.default, torch.ops.aten.relu_.default)


def nwot(network: nn.Module, images: Tensor) -> float:
    """Return the log-determinant of the agreement of the images' ReLU codes; no labels needed.

    The code of an image says which inputs of the network's ReLUs are above 0. Entry (i, j) of the
    matrix is the number of ReLUs on which the images i and j agree. Batches normalise by
    themselves, as in the authors' program; dropout and drop path are off. Two images with one code
    make the score -inf.

    Parameters
    ----------
    network : nn.Module
        A network at its initialisation, on the images' device.
    images : Tensor
        One batch, float (N, 3, S, S).

    """
    network.eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train()
    agreement = _Agreement(len(images))
    with torch.no_grad(), agreement:
        network(images)
    return float(torch.linalg.slogdet(agreement.matrix).logabsdet)


class _Agreement(TorchDispatchMode):
    """Sums, over all ReLUs that run, on how many of them two images agree: `matrix`, (N, N)."""

    def __init__(self, images: int) -> None:
        super().__init__()
        self.matrix = torch.zeros(images, images, dtype=torch.float64)

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in RELUS:
            on = (result > 0).flatten(1).float()  # products count exactly up to 2 to the 24
            agreeing = on @ on.T + (1 - on) @ (1 - on).T
            self.matrix += agreeing.to("cpu", torch.float64)
        return result


def synflow(network: nn.Module, image_size: int) -> float:
    """Return the synaptic flow, summed over the weights of convolutions and linear layers.

    All parameters are replaced by their absolute values. For an image of ones, the flow of a weight
    is its value times the derivative of the sum of the outputs. Batch normalisation is bypassed.
    Computed in float64 on the CPU, since products over many layers leave the range of float32.
    The network is changed.
    """
    network.to("cpu", torch.float64).eval()
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.abs_()
    with _without_normalisation(network):
        logits, _ = network(torch.ones(1, 3, image_size, image_size, dtype=torch.float64))
    weights = [layer.weight for layer in layers]
    slopes = torch.autograd.grad(logits.sum(), weights, allow_unused=True)
    flows = [
        (weight * slope).abs().sum()
        for weight, slope in zip(weights, slopes, strict=True)
        if slope is not None
    ]
    return float(torch.stack(flows).sum().detach())


@contextmanager
def _without_normalisation(network: nn.Module) -> Iterator[None]:
    """Let every batch normalisation return its input."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    handles = [
        norm.register_forward_hook(lambda _module, inputs, _output: inputs[0]) for norm in norms
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
