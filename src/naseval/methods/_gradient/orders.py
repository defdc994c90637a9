"""The choice between the alphas' gradients of first and of second order."""

from functools import partial

from naseval.methods._gradient.bilevel import ArchitectureGradient, first_order_gradient
from naseval.methods._gradient.unrolled import unrolled_gradient


def architecture_gradient(order: int, *, legacy_fd_scale: bool = False) -> ArchitectureGradient:
    """Return the function of the alphas' gradient, `unrolled_gradient` for the second order."""
    if order == 1:
        return first_order_gradient
    return partial(unrolled_gradient, legacy_fd_scale=legacy_fd_scale)
