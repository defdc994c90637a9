"""Learning-rate and drop-path schedules; epochs are counted from 0.

Each value holds for the whole epoch and is computed from the epoch alone, so that resuming
needs no scheduler state and no call can come at the wrong end of an epoch.
"""

import math

from naseval.settings.base import Optimizer


def cosine(epoch: float, epochs: int, start: float, end: float) -> float:
    """Return the cosine annealing from `start` at epoch 0 to `end` at epoch `epochs`."""
    return end + (start - end) * (1 + math.cos(math.pi * epoch / epochs)) / 2


def cosine_restarts(epoch: int, first: int, factor: int, start: float, end: float) -> float:
    """Return the cosine annealing with warm restarts (SGDR, Loshchilov and Hutter 2017).

    The first cycle has `first` epochs, each later one `factor` times as many as the last.
    """
    length = first
    while epoch >= length:
        epoch -= length
        length *= factor
    return cosine(epoch, length, start, end)


def ramp(epoch: int, epochs: int, end: float) -> float:
    """Return the linear rise from 0 at epoch 0 to `end` at epoch `epochs`."""
    return end * epoch / epochs


def learning_rate(settings: Optimizer, epoch: int, epochs: int) -> float:
    """Return the learning rate of an epoch of `epochs`, by the optimizer's settings."""
    start, end = settings.learning_rate, settings.learning_rate_min
    if settings.restarts is None:
        return cosine(epoch, epochs, start, end)
    return cosine_restarts(epoch, settings.restarts.first, settings.restarts.factor, start, end)
