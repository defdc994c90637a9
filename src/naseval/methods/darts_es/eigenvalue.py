"""The dominant eigenvalue of the Hessian of a loss."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from naseval.randomness import stream

TOLERANCE = 1e-5
"""Relative residual of the eigenvector; the eigenvalue is more exact than that."""


def dominant_eigenvalue(loss: Tensor, alphas: Sequence[Tensor]) -> float:
    """Return the largest eigenvalue of the Hessian of a scalar loss with respect to all alphas.

    It is found by Lanczos iterations, from products of the Hessian with vectors. So the Hessian is
    not computed, which would take one backward pass for each alpha. It is NaN if the Hessian has
    NaN or infinity.
    """
    slopes = torch.autograd.grad(loss, alphas, create_graph=True, materialize_grads=True)
    slope = torch.cat([each.flatten() for each in slopes])

    def product(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        direction = torch.from_numpy(vector.ravel()).to(slope)
        found = torch.autograd.grad(
            slope, alphas, direction, retain_graph=True, materialize_grads=True
        )
        return torch.cat([each.flatten() for each in found]).double().cpu().numpy()

    size = len(slope)
    hessian = LinearOperator((size, size), matvec=product, dtype=np.float64)
    start = stream("dominant eigenvalue").standard_normal(size)
    first = product(start)
    if not np.isfinite(first).all():
        return math.nan
    if not first.any():  # a flat loss, with which the iterations cannot begin
        return 0.0
    (found,) = eigsh(hessian, 1, which="LA", v0=start, tol=TOLERANCE, return_eigenvectors=False)
    return float(found)
