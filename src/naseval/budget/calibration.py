"""Calibration: a device's time per unit of work, fitted to a few timed training steps."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, nnls

from naseval.budget.work import Work
from naseval.errors import NasevalError
from naseval.json_files import read_sealed, write_sealed

Floats = NDArray[np.float64]


class Probe(NamedTuple):
    """The work of one training step and its time in seconds."""

    calls: float
    values: float
    flops: float
    seconds: float


class Rates(NamedTuple):
    """A device's seconds per operator call, written value and floating-point operation."""

    call: float
    value: float
    flop: float

    def seconds(self, calls: Floats, values: Floats, flops: Floats, *, overlap: bool) -> Floats:
        """Return the times of some works.

        With `overlap` the device computes while the CPU launches, and the longer of both counts.
        """
        launching, computing = self.call * calls, self.value * values + self.flop * flops
        return np.maximum(launching, computing) if overlap else launching + computing

    @classmethod
    def fitted(cls, probes: Sequence[Probe], *, overlap: bool) -> Self:
        """Fit non-negative rates to the probes, by least squares of the relative error."""
        *work, seconds = np.array(probes).T
        start, _ = nnls(np.column_stack(work) / seconds[:, None], np.ones(len(seconds)))
        if not overlap:
            return cls(*map(float, start))
        # No step is shorter than its launching, so this is the largest rate of a call.
        start[0] = (seconds / work[0]).min()
        scale = np.array([(seconds / units).min() for units in work])

        def errors(rates: Floats) -> Floats:
            return cls(*(rates * scale)).seconds(*work, overlap=True) / seconds - 1

        found = least_squares(errors, start / scale, bounds=(0, np.inf))
        return cls(*map(float, found.x * scale))


@dataclass(frozen=True)
class Calibration:
    """What work costs on a device."""

    device: str
    """Name of the device."""
    kind: str
    """cpu, cuda or mps."""
    rates: Mapping[str, Rates]
    """Rates by precision."""
    photograph: float
    """Seconds in which one process decodes a photograph and transforms it at random."""
    spread: float
    """Typical factor between predicted and measured time of the timed steps."""
    probes: Mapping[str, Sequence[Probe]]
    """Timed steps by precision."""

    @classmethod
    def of(
        cls, device: str, kind: str, probes: Mapping[str, Sequence[Probe]], photograph: float
    ) -> Self:
        """Fit the rates of each precision to its probes."""
        overlap = _overlaps(kind)
        rates = {name: Rates.fitted(timed, overlap=overlap) for name, timed in probes.items()}
        errors = []
        for name, timed in probes.items():
            *work, seconds = np.array(timed).T
            errors += list(np.log(rates[name].seconds(*work, overlap=overlap) / seconds))
        spread = float(np.exp(np.sqrt(np.mean(np.square(errors)))))
        return cls(device, kind, rates, photograph, spread, probes)

    def seconds(self, work: Work, precision: str, workers: int) -> float:
        """Return the predicted time for `work`, in seconds.

        `workers` processes decode photographs beside the training. Without them it waits.

        Raise `NasevalError` if the precision was not calibrated.
        """
        if precision not in self.rates:
            raise NasevalError(
                f"the calibration of {self.device} knows no {precision}; "
                "delete its file below calibration/ and run again"
            )
        units = (np.array(amount) for amount in (work.calls, work.values, work.flops))
        training = float(self.rates[precision].seconds(*units, overlap=_overlaps(self.kind)))
        decoding = self.photograph * work.photographs
        return max(training, decoding / workers) if workers else training + decoding

    def write(self, path: str | Path) -> None:
        """Write the calibration as JSON."""
        write_sealed(path, asdict(self))

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a calibration. Raise `NasevalError` if the file is missing or invalid."""
        try:
            fields = read_sealed(path)
            rates = {name: Rates(*each) for name, each in fields["rates"].items()}
            probes = {
                name: tuple(Probe(*probe) for probe in timed)
                for name, timed in fields["probes"].items()
            }
            return cls(**{**fields, "rates": rates, "probes": probes})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise NasevalError(
                f"{path} holds no finished calibration; delete it and run again"
            ) from error


def _overlaps(kind: str) -> bool:
    return kind != "cpu"
