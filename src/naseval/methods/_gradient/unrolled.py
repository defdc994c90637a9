"""The second-order ("unrolled") architecture gradient of DARTS."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.optim import SGD

from naseval.training.optimizers import parameters_of

Loss = Callable[[], Tensor]

RADIUS = 0.01
"""Norm of the finite-difference step on the weights (DARTS, section 2.3)."""


@contextmanager
def restoring(tensors: list[Tensor]) -> Iterator[Callable[[], None]]:
    """Restore the values of `tensors`, which need no gradient, bit for bit at the end of the block.

    Yield a function that restores them earlier and may be called several times.
    """
    copies = [tensor.clone() for tensor in tensors]

    def restore() -> None:
        torch._foreach_copy_(tensors, copies)

    try:
        yield restore
    finally:
        restore()


def gradient(loss: Tensor, parameters: Sequence[Tensor]) -> list[Tensor]:
    """Return the gradient of the loss. It is zero for parameters that the loss does not depend on.

    `.grad` is not changed, and no gradient of any other parameter is computed.
    """
    return list(torch.autograd.grad(loss, parameters, materialize_grads=True))


def unrolled_gradient(
    training_loss: Loss,
    validation_loss: Loss,
    optimizer: SGD,
    alphas: Sequence[Tensor],
    *,
    legacy_fd_scale: bool = False,
) -> list[Tensor]:
    """Return the alphas' gradient of the validation loss after one virtual weight step.

    The losses are functions of the alphas and of the weights in `optimizer` (plain SGD); each call
    uses the current values. The virtual step uses the optimizer's learning rate, momentum (with its
    buffers) and weight decay, but no gradient clipping. The function makes four forward passes and
    restores the weights. `legacy_fd_scale` multiplies the finite difference by its step instead of
    dividing by it.
    """
    weights = parameters_of(optimizer)
    rate = optimizer.param_groups[0]["lr"]
    values = [weight.detach() for weight in weights]
    with restoring(values) as restore:
        slope = gradient(training_loss(), weights)
        torch._foreach_add_(values, _sgd_direction(optimizer, weights, values, slope), alpha=-rate)
        found = gradient(validation_loss(), [*alphas, *weights])
        restore()
        direct, slope = found[: len(alphas)], found[len(alphas) :]
        step = _difference_step(slope)
        change = torch._foreach_mul(slope, step)
        torch._foreach_add_(values, change)
        above = gradient(training_loss(), alphas)
        restore()
        torch._foreach_sub_(values, change)
        below = gradient(training_loss(), alphas)
    scale = step / 2 if legacy_fd_scale else 1 / (2 * step)
    return [
        plain - rate * scale * (up - down)
        for plain, up, down in zip(direct, above, below, strict=True)
    ]


def _sgd_direction(
    optimizer: SGD, weights: list[Tensor], values: list[Tensor], slope: list[Tensor]
) -> list[Tensor]:
    """Return momentum x buffer + gradient + decay x weight for every weight."""
    group = optimizer.param_groups[0]
    buffers = [_momentum_buffer(optimizer, weight) for weight in weights]
    direction = torch._foreach_add(slope, values, alpha=group["weight_decay"])
    return list(torch._foreach_add(direction, buffers, alpha=group["momentum"]))


def _momentum_buffer(optimizer: SGD, weight: Tensor) -> Tensor:
    buffer: Tensor | None = optimizer.state.get(weight, {}).get("momentum_buffer")
    return torch.zeros_like(weight) if buffer is None else buffer


def _difference_step(slope: list[Tensor]) -> Tensor:
    norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(slope)))
    return RADIUS / norm.clamp_min(torch.finfo(norm.dtype).eps)
