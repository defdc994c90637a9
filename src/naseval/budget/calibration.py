"""Calibration: a device's time per unit of work, fitted to a few timed training steps."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from scipy.optimize import nnls

from naseval.budget.work import Work
from naseval.errors import NasevalError
from naseval.files import write_atomically


class Probe(NamedTuple):
    """The work of one training step and its time in seconds."""

    calls: float
    values: float
    flops: float
    seconds: float


@dataclass(frozen=True)
class Calibration:
    """A device's time per operator call, per written value and per floating-point operation.

    All times are in seconds.
    """

    device: str
    """Name of the device."""
    kind: str
    """cpu, cuda or mps."""
    call: float
    value: float
    flop: float
    spread: float
    """Typical factor between predicted and measured time of the timed steps."""
    probes: tuple[Probe, ...]

    @classmethod
    def of(cls, device: str, kind: str, probes: Sequence[Probe]) -> Self:
        """Fit non-negative times per unit to the probes, by least squares of the relative error."""
        *work, seconds = np.array(probes).T
        prices, _ = nnls(np.column_stack(work) / seconds[:, None], np.ones(len(seconds)))
        ratios = np.column_stack(work) @ prices / seconds
        spread = float(np.exp(np.sqrt(np.mean(np.log(ratios) ** 2))))
        call, value, flop = map(float, prices)
        return cls(device, kind, call, value, flop, spread, tuple(probes))

    def seconds(self, work: Work) -> float:
        """Return the predicted time for `work`, in seconds."""
        return self.call * work.calls + self.value * work.values + self.flop * work.flops

    def write(self, path: str | Path) -> None:
        """Write the calibration as JSON."""
        write_atomically(path, (json.dumps(asdict(self), indent=1) + "\n").encode())

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a calibration. Raise `NasevalError` if the file is missing or invalid."""
        try:
            fields = json.loads(Path(path).read_text())
            return cls(**{**fields, "probes": tuple(Probe(*probe) for probe in fields["probes"])})
        except FileNotFoundError as error:
            raise NasevalError(f"{path} is missing; run `snakemake {path}`") from error
        except (KeyError, TypeError, ValueError) as error:
            raise NasevalError(
                f"{path} holds no finished calibration; delete it and run again"
            ) from error
