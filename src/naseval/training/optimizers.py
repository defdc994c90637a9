"""Optimizers, their steps, and learning-rate schedules."""

import math
from collections.abc import Iterable
from inspect import unwrap
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from naseval.settings.base import ArchitectureOptimizer
from naseval.settings.base import Optimizer as Settings

Kind = TypeVar("Kind", bound=Optimizer)


def build_optimizer(
    parameters: Iterable[Tensor], settings: Settings | ArchitectureOptimizer
) -> Optimizer:
    """Return the optimizer. Weight decay is an L2 penalty on all `parameters`.

    All parameters are updated together, also on the CPU, where torch would update one by one.
    """
    rate, decay = settings.learning_rate, settings.weight_decay
    if isinstance(settings, ArchitectureOptimizer) or settings.name == "adam":
        return _lean(torch.optim.Adam)(
            parameters, rate, betas=settings.betas, weight_decay=decay, foreach=True
        )
    if settings.name == "adamax":
        return _lean(torch.optim.Adamax)(
            parameters, rate, betas=settings.betas, weight_decay=decay, foreach=True
        )
    return _lean(torch.optim.SGD)(
        parameters,
        rate,
        momentum=settings.momentum,
        nesterov=settings.nesterov,
        weight_decay=decay,
        foreach=True,
    )


def _lean(optimizer: type[Kind]) -> type[Kind]:
    """Return an optimizer that does not import torch's compiler, which takes as long as torch.

    torch wraps these methods only to say what the compiler shall do with an optimizer, and `step`
    also to turn gradients off.
    """
    methods = {
        name: unwrap(getattr(optimizer, name))
        for name in ("add_param_group", "state_dict", "load_state_dict")
    }
    step = torch.no_grad()(unwrap(optimizer.step))
    return type(optimizer.__name__, (optimizer,), {**methods, "step": step})


def set_learning_rate(optimizer: Optimizer, rate: float) -> None:
    """Set the learning rate of every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def backward_and_step(loss: Tensor, optimizer: Optimizer, max_norm: float | None) -> None:
    """Take one optimizer step for a scalar `loss`.

    A parameter that the loss does not depend on has no gradient. So it is not changed, neither by
    weight decay nor by momentum. `max_norm` is explained in `clip_and_step`.
    """
    backward(loss, optimizer)
    clip_and_step(optimizer, max_norm)


def backward(loss: Tensor, *optimizers: Optimizer) -> None:
    """Set the gradients of the optimizers' parameters, None where the loss does not depend on one.

    Unlike `loss.backward()`, this does not copy or accumulate gradients parameter by parameter.
    """
    parameters = [weight for each in optimizers for weight in parameters_of(each)]
    slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
    for parameter, slope in zip(parameters, slopes, strict=True):
        parameter.grad = slope


def parameters_of(optimizer: Optimizer) -> list[Tensor]:
    """Return the parameters of all groups."""
    return [weight for group in optimizer.param_groups for weight in group["params"]]


def clip_and_step(optimizer: Optimizer, max_norm: float | None) -> None:
    """Take one optimizer step with the current gradients.

    All gradients are scaled together so that their global L2 norm is at most `max_norm`. If it is
    None, they are not clipped.
    """
    if max_norm is not None:
        parameters = parameters_of(optimizer)
        together = parameters[0].device.type == "cpu" or None  # None: as torch does by itself
        nn.utils.clip_grad_norm_(parameters, max_norm, foreach=together)
    optimizer.step()


def cosine(epoch: float, epochs: int, start: float, end: float) -> float:
    """Return the cosine annealing from `start` at epoch 0 to `end` at epoch `epochs`."""
    return end + (start - end) * (1 + math.cos(math.pi * epoch / epochs)) / 2


def cosine_restarts(epoch: int, first: int, factor: int, start: float, end: float) -> float:
    """Return the cosine annealing with warm restarts (SGDR, Loshchilov and Hutter 2017).

    The first cycle has `first` epochs. Each later cycle is `factor` times as long as the one
    before.
    """
    length = first
    while epoch >= length:
        epoch -= length
        length *= factor
    return cosine(epoch, length, start, end)


def learning_rate(settings: Settings, epoch: int, epochs: int) -> float:
    """Return the learning rate at `epoch`, from 0, of `epochs`."""
    start, end = settings.learning_rate, settings.learning_rate_min
    if settings.restarts is None:
        return cosine(epoch, epochs, start, end)
    return cosine_restarts(epoch, settings.restarts.first, settings.restarts.factor, start, end)
