"""The loop that every search and every augmentation runs in.

It can be killed at any moment. A checkpoint is written after each epoch and, when a signal
asks to stop, between two steps; what resumes from it is bit-identical to a loop never stopped.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from naseval.randomness import Name, torch_seed
from naseval.training.checkpoint import Checkpoint, Stateful, random_state, set_random_state
from naseval.training.interruption import Interrupted, Interruption, interruptible
from naseval.training.metrics import Sums, add, check_finite, floats
from naseval.training.progress import bar, report

Row = dict[str, Any]


class EpochTask(Protocol):
    """What the loop runs; epochs and steps are counted from 0."""

    def begin(self, epoch: int) -> None:
        """Prepare an epoch: set schedules and modes, from the epoch alone.

        It is called again where the loop resumes within the epoch; what it does to the
        parts and to torch's generators is then replaced by what was saved.
        """

    def step(self, epoch: int, step: int) -> Sums:
        """Train one step and return sums to be added up over the epoch, e.g. `images`, `loss`.

        Zero-dimensional tensors stay on their device until the epoch ends.
        """

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the epoch's row; `totals` has the sums, and the steps' time in `seconds`.

        The loop adds `seconds` to the row: the whole epoch's time, this call included.
        """


class SavedStage(NamedTuple):
    """How far a loop of several stages has come."""

    stage: int
    carry: dict[str, Any] | None
    rows: list[Row]


def saved_stage(checkpoint: Checkpoint | None) -> SavedStage:
    """Return the stage to go on with, its `carry`, and the rows so far; stage 1 at first."""
    state = checkpoint.load() if checkpoint else None
    if state is None:
        return SavedStage(1, None, [])
    return SavedStage(state["stage"], state["carry"], state["rows"])


def run_epochs(
    task: EpochTask,
    *,
    epochs: int,
    steps: int,
    parts: Mapping[str, Stateful],
    checkpoint: Checkpoint | None,
    names: tuple[Name, ...],
    stage: int = 1,
    carry: dict[str, Any] | None = None,
    rows: Sequence[Row] | None = None,
) -> list[Row]:
    """Run `epochs` epochs of `steps` steps and return `rows` and one more row per epoch.

    `parts` is everything that training changes: networks, optimizers, `TensorState`.
    Before epoch e torch's generators are seeded from the stream `(*names, stage, e)`.
    A loop of several stages calls this once per stage, from `saved_stage` onwards; `carry`
    is plain data and tensors that a stage needs of earlier ones.

    With a checkpoint, SIGTERM, SIGINT and SIGUSR1 save and raise `Interrupted`; without,
    signals keep their ordinary effect. Raises `NasevalError` where a total is not finite.
    """
    loop = _Loop(task, epochs, steps, parts, checkpoint, names, stage, carry)
    place = loop.resumed(list(rows or []))
    with interruptible() if checkpoint else nullcontext(Interruption()) as interruption:
        while place.epoch < epochs:
            loop.run_epoch(place, interruption)
            report(place.rows, place.epoch, epochs)
            place = _Place(place.rows, place.epoch + 1)
            loop.save(place)
            if interruption.requested:
                raise Interrupted(f"interrupted after epoch {place.epoch}; run again to resume")
    return place.rows


@dataclass
class _Place:
    """Where the loop is; `within` is the saved state where it resumes within an epoch."""

    rows: list[Row]
    epoch: int = 0
    step: int = 0
    totals: dict[str, float | Tensor] = field(default_factory=dict)
    seconds: float = 0.0
    within: dict[str, Any] | None = None


@dataclass(frozen=True)
class _Loop:
    task: EpochTask
    epochs: int
    steps: int
    parts: Mapping[str, Stateful]
    checkpoint: Checkpoint | None
    names: tuple[Name, ...]
    stage: int
    carry: dict[str, Any] | None

    def resumed(self, rows: list[Row]) -> _Place:
        """Return where to start, with the parts' states taken back."""
        state = self.checkpoint.load() if self.checkpoint else None
        if state is None or state["stage"] < self.stage:
            return _Place(rows)
        if state["stage"] > self.stage:
            raise ValueError(f"stage {self.stage} is finished; begin at saved_stage(checkpoint)")
        self._load_parts(state)
        within = state if state["random"] is not None else None
        return _Place(
            state["rows"], state["epoch"], state["step"], state["totals"], state["seconds"], within
        )

    def run_epoch(self, place: _Place, interruption: Interruption) -> None:
        """Run one epoch, or what is left of it, and append its row."""
        clock = _Clock(place.seconds)
        torch.manual_seed(torch_seed(*self.names, self.stage, place.epoch))
        self.task.begin(place.epoch)
        if place.within is not None:
            self._load_parts(place.within)
            set_random_state(place.within["random"])
            place.within = None
        with bar(place.epoch, self.steps, place.step) as shown:
            while place.step < self.steps:
                self._stop_if_asked(place, interruption, clock)
                add(place.totals, self.task.step(place.epoch, place.step))
                place.step += 1
                shown.update()
        self._stop_if_asked(place, interruption, clock)
        totals = floats(place.totals)
        check_finite(totals, f"in epoch {place.epoch + 1}")
        row = self.task.end(place.epoch, {**totals, "seconds": clock.read()})
        place.rows.append({**row, "seconds": clock.read()})

    def _stop_if_asked(self, place: _Place, interruption: Interruption, clock: "_Clock") -> None:
        if interruption.requested:
            place.totals.update(floats(place.totals))
            place.seconds = clock.read()
            self.save(place, random_state())
            raise Interrupted(
                f"interrupted in epoch {place.epoch + 1}, after step {place.step} of "
                f"{self.steps}; run again to resume"
            )

    def save(self, place: _Place, generators: dict[str, Any] | None = None) -> None:
        """Write the checkpoint; `generators` is given within an epoch, which else seeds anew."""
        if self.checkpoint is not None:
            self.checkpoint.save(
                {
                    "stage": self.stage,
                    "carry": self.carry,
                    "rows": place.rows,
                    "epoch": place.epoch,
                    "step": place.step,
                    "totals": place.totals,
                    "seconds": place.seconds,
                    "random": generators,
                    "parts": {name: part.state_dict() for name, part in self.parts.items()},
                }
            )

    def _load_parts(self, state: dict[str, Any]) -> None:
        for name, part in self.parts.items():
            part.load_state_dict(state["parts"][name])


class _Clock:
    """The time spent on an epoch, in seconds, over all interruptions."""

    def __init__(self, before: float) -> None:
        self._start = time.monotonic() - before

    def read(self) -> float:
        return time.monotonic() - self._start
