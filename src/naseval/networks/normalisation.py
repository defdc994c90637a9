"""Batch normalisation without the counter of batches that no network here reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn
from torch.nn import functional as F


def batch_norm(channels: int, affine: bool = True) -> nn.BatchNorm2d:
    """Return batch normalisation of (B, channels, H, W).

    It has no `num_batches_tracked`, which torch would raise by one in an operation of its own in
    every step, and which is used only if the momentum is None. If `affine` is true, it has a learnt
    scale and offset.
    """
    norm = nn.BatchNorm2d(channels, affine=affine)
    norm.num_batches_tracked = None
    return norm


def scaled_norm(norm: nn.BatchNorm2d, x: Tensor, scale: Tensor | None) -> Tensor:
    """Apply `norm`, which has no learnt scale, and multiply the channels by `scale` (channels,)."""
    momentum = norm.momentum
    assert momentum is not None
    return F.batch_norm(
        x,
        norm.running_mean,
        norm.running_var,
        scale,
        training=norm.training,
        momentum=momentum,
        eps=norm.eps,
    )


@contextmanager
def batch_statistics(network: nn.Module) -> Iterator[None]:
    """Have a network evaluate with the statistics of each batch during the block.

    Dropout and the like are off. Running statistics are neither read nor changed, and afterwards
    every module is in the mode in which it was.
    """
    modes = {module: module.training for module in network.modules()}
    norms = [module for module in modes if isinstance(module, nn.BatchNorm2d)]
    running = [(norm.running_mean, norm.running_var) for norm in norms]
    network.eval()
    for norm in norms:
        norm.train()
        norm.running_mean = norm.running_var = None
    try:
        yield
    finally:
        for norm, (mean, var) in zip(norms, running, strict=True):
            norm.running_mean, norm.running_var = mean, var
        for module, mode in modes.items():
            module.training = mode
