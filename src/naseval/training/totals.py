"""Sums over an epoch, kept on the device so that no step waits for it."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from naseval.errors import NasevalError

Sums = Mapping[str, float | Tensor]


def add(totals: dict[str, float | Tensor], sums: Sums) -> None:
    """Add one step's `sums` to `totals`, in double precision where the device has it."""
    for name, value in sums.items():
        if isinstance(value, Tensor):
            value = value.detach()
            if value.device.type != "mps":  # which has no doubles
                value = value.to(torch.float64)
        totals[name] = totals.get(name, 0.0) + value


def floats(totals: Sums) -> dict[str, float]:
    """Return the totals as Python numbers; waits for the device."""
    return {name: float(value) for name, value in totals.items()}


def check_finite(totals: Mapping[str, float], when: str) -> None:
    """Raise `NasevalError` where a total is not a finite number; `when` ends the complaint."""
    for name, value in totals.items():
        if not math.isfinite(value):
            raise NasevalError(
                f"the total of {name} is {value} {when}; lower learning_rate, "
                "or choose precision float32"
            )
