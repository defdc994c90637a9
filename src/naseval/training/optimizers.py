"""Optimizers from settings, their learning rate, and gradient clipping."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from naseval.settings.base import ArchitectureOptimizer
from naseval.settings.base import Optimizer as Settings


def build_optimizer(
    parameters: Iterable[Tensor], settings: Settings | ArchitectureOptimizer
) -> Optimizer:
    """Return the optimizer; weight decay is the plain L2 penalty, on all `parameters`."""
    rate, decay = settings.learning_rate, settings.weight_decay
    if isinstance(settings, ArchitectureOptimizer) or settings.name == "adam":
        return torch.optim.Adam(parameters, rate, betas=settings.betas, weight_decay=decay)
    if settings.name == "adamax":
        return torch.optim.Adamax(parameters, rate, betas=settings.betas, weight_decay=decay)
    return torch.optim.SGD(
        parameters,
        rate,
        momentum=settings.momentum,
        nesterov=settings.nesterov,
        weight_decay=decay,
    )


def set_learning_rate(optimizer: Optimizer, rate: float) -> None:
    """Set the learning rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def clip_gradients(
    parameters: Iterable[Tensor], settings: Settings | ArchitectureOptimizer
) -> None:
    """Scale all gradients together so that their global L2 norm is at most the settings' limit."""
    if settings.gradient_clip is not None:
        nn.utils.clip_grad_norm_(parameters, settings.gradient_clip)
