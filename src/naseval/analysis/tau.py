"""Kendall's tau-b and its bootstrap, fast enough for hundreds of epochs."""

import numpy as np
from numpy.typing import NDArray

from naseval.analysis.intervals import RESAMPLES, Values
from naseval.randomness import stream

Matrix = NDArray[np.float32]


def signs(values: Values) -> Matrix:
    """Return the matrix of the signs of all differences, `values[i] - values[j]`."""
    return np.asarray(np.sign(values[:, None] - values[None, :]), dtype=np.float32)


def tau_b(left: Matrix, right: Matrix, weights: Matrix | None = None) -> Values:
    """Return Kendall's tau-b from the sign matrices of two rankings of the same n items.

    `weights` (resamples × n) counts how often each item was drawn: one tau per row. Copies of
    an item are tied with each other on both sides, so they leave tau-b alone. NaN where a
    ranking consists of ties only.
    """
    rows = np.ones((1, len(left)), dtype=np.float32) if weights is None else weights

    def total(matrix: Matrix) -> Values:
        return np.asarray((rows @ matrix * rows).sum(axis=1), dtype=np.float64)

    with np.errstate(invalid="ignore"):
        tau: Values = total(left * right) / np.sqrt(total(np.abs(left)) * total(np.abs(right)))
    return tau


def resampled(items: int, purpose: str, resamples: int = RESAMPLES) -> Matrix:
    """Return bootstrap weights, resamples × items: how often each item is drawn."""
    share = np.full(items, 1 / items)
    drawn = stream("bootstrap", purpose).multinomial(items, share, size=resamples)
    return drawn.astype(np.float32)
