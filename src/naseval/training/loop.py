"""The training loop of all searches and augmentations.

The loop can be killed at any time. It writes a checkpoint after each epoch, now and then within
long epochs and, if a signal asks it to stop, between two steps. A resumed loop gives the same bits
as an uninterrupted one.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
import torch
from torch import Tensor

from naseval import schemas
from naseval.errors import Diverged, Interrupted
from naseval.randomness import Name, torch_seed
from naseval.training.checkpoint import Checkpoint, Stateful, random_state, set_random_state
from naseval.training.device import reset_peak_memory
from naseval.training.history import Row, check_row
from naseval.training.interruption import Interruption, interruptible
from naseval.training.metrics import Metrics, accumulate, check_finite, to_floats
from naseval.training.progress import log_epoch, progress_bar

STATE = {
    "stage": int,
    "carried_state": (dict, type(None)),
    "rows": list,
    "epoch": int,
    "step": int,
    "totals": dict,
    "seconds": (int, float),
    "random": (dict, type(None)),
    "diverged": (str, type(None)),
    "parts": dict,
}
"""The types of the entries of a saved state."""
SAVE_PAUSE = 30.0
"""Least time, in seconds, between two checkpoints within an epoch."""
SAVE_SHARE = 0.02
"""Largest share of the time that these checkpoints take."""


class EpochTask(Protocol):
    """The work that a loop runs. Epochs and steps are counted from 0."""

    def begin(self, epoch: int) -> None:
        """Prepare an epoch: set schedules and modes, from the epoch alone.

        If the loop resumes within an epoch, it calls this method again. Then it restores the saved
        state of the parts and of torch's generators.
        """

    def step(self, epoch: int, step: int) -> Metrics:
        """Train one step and return metrics, which the loop sums over the epoch.

        Zero-dimensional tensors stay on their device until the epoch ends.
        """

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the epoch's row. `totals` has the summed metrics and the steps' `seconds`.

        The loop adds `seconds` to the row, the time of the whole epoch including this call.
        """


class SavedStage(NamedTuple):
    """Progress of a loop with several stages."""

    stage: int
    carried_state: dict[str, Any] | None
    rows: list[Row]


class Loop(Protocol):
    """The interface of training loops: `EpochLoop`, or the budget's `Rehearsal`."""

    def saved_stage(self) -> SavedStage:
        """Return the stage to continue with, its carried state and the rows so far.

        Without a checkpoint this is stage 1, without state or rows.
        """

    def run(
        self,
        task: EpochTask,
        *,
        epochs: int,
        steps: int,
        parts: Mapping[str, Stateful],
        stream_names: tuple[Name, ...],
        stage: int = 1,
        carried_state: dict[str, Any] | None = None,
        rows: Sequence[Row] | None = None,
        schema: pa.Schema = schemas.HISTORY,
        stop: Callable[[Sequence[Row]], bool] | None = None,
        later: int = 0,
    ) -> list[Row]:
        """Run `epochs` epochs of `steps` steps and return `rows` with one more row per epoch.

        A search with several stages calls this method once per stage, starting at `saved_stage`.

        Parameters
        ----------
        task : EpochTask
            The work to run.
        epochs, steps : int
            Number of epochs of this stage, and of steps per epoch.
        parts : mapping of str to Stateful
            All objects that training changes: networks, optimizers, `TensorState`.
        stream_names : tuple
            Before epoch e, torch's generators are seeded from the stream
            `(*stream_names, stage, e)`.
        stage : int
            Number of the stage, from 1.
        carried_state : dict, optional
            Plain data and tensors that this stage needs from earlier stages.
        rows : sequence of dict, optional
            The rows of earlier stages.
        schema : pyarrow.Schema
            The schema of the task's rows.
        stop : callable, optional
            Maps the rows so far to true if the stage has no further epoch.
        later : int
            Epochs of later stages, as far as known: the log says what time is left of all.

        Raises
        ------
        Diverged
            If a total, or a number of a row, is not finite. It has the rows of the epochs before.
            The checkpoint remembers it, so that the next attempt raises it at once.
        NasevalError
            If a row does not fit the schema.
        Interrupted
            If SIGTERM, SIGINT or SIGUSR1 asked to stop, after the state was saved. Without a
            checkpoint, signals keep their usual effect.

        """


class EpochLoop:
    """The `Loop` that runs every epoch. With a checkpoint, it saves and resumes.

    Within an epoch it saves every `pause` seconds, or less often if that took more than
    `SAVE_SHARE` of the time. The job's next trainings have `ahead` epochs.
    """

    def __init__(
        self, checkpoint: Checkpoint | None = None, pause: float = SAVE_PAUSE, ahead: int = 0
    ) -> None:
        self.checkpoint = checkpoint
        self.pause = pause
        self.ahead = ahead

    def saved_stage(self) -> SavedStage:
        """Return the stage to continue with, its carried state and the rows so far."""
        state = self.checkpoint.load(STATE) if self.checkpoint else None
        if state is None:
            return SavedStage(1, None, [])
        return SavedStage(state["stage"], state["carried_state"], state["rows"])

    def run(
        self,
        task: EpochTask,
        *,
        epochs: int,
        steps: int,
        parts: Mapping[str, Stateful],
        stream_names: tuple[Name, ...],
        stage: int = 1,
        carried_state: dict[str, Any] | None = None,
        rows: Sequence[Row] | None = None,
        schema: pa.Schema = schemas.HISTORY,
        stop: Callable[[Sequence[Row]], bool] | None = None,
        later: int = 0,
    ) -> list[Row]:
        """Run the rest of a stage; see `Loop.run`. Its rows have the peak memory of this stage."""
        reset_peak_memory()
        running = _Stage(
            task,
            steps,
            parts,
            self.checkpoint,
            stream_names,
            stage,
            carried_state,
            schema,
            _SavingTimes(self.pause),
        )
        progress = running.resumed(list(rows or []))
        with interruptible() if self.checkpoint else nullcontext(Interruption()) as interruption:
            while progress.epoch < epochs and not (stop and stop(progress.rows)):
                running.run_epoch(progress, interruption)
                progress = _Progress(progress.rows, progress.epoch + 1)
                running.save(progress)
                log_epoch(progress.rows, progress.epoch - 1, epochs, later + self.ahead)
                if interruption.requested:
                    raise Interrupted(
                        f"interrupted after epoch {progress.epoch}; run again to resume"
                    )
        return progress.rows


@dataclass
class _Progress:
    """Progress of a stage: the epoch, its finished steps and their totals."""

    rows: list[Row]
    epoch: int = 0
    step: int = 0
    totals: dict[str, float | Tensor] = field(default_factory=dict)
    seconds: float = 0.0
    resume_state: dict[str, Any] | None = None
    """The saved state, if the stage resumes between two steps of the epoch."""


@dataclass(frozen=True)
class _Stage:
    """A stage of a loop: it runs, saves and resumes epochs."""

    task: EpochTask
    steps: int
    parts: Mapping[str, Stateful]
    checkpoint: Checkpoint | None
    stream_names: tuple[Name, ...]
    stage: int
    carried_state: dict[str, Any] | None
    schema: pa.Schema
    saving_times: "_SavingTimes"

    def resumed(self, rows: list[Row]) -> _Progress:
        """Restore the parts' states and return the starting point."""
        state = self.checkpoint.load(STATE) if self.checkpoint else None
        if state is None or state["stage"] < self.stage:
            return _Progress(rows)
        if state["stage"] > self.stage:
            raise ValueError(f"stage {self.stage} is finished; begin at loop.saved_stage()")
        if self.checkpoint is not None and state["diverged"] is not None:
            sentence = f"{state['diverged']}, or delete {self.checkpoint.path} to try once more"
            raise Diverged(sentence, state["rows"], state["seconds"])
        self._load_parts(state)
        return _Progress(
            state["rows"],
            state["epoch"],
            state["step"],
            state["totals"],
            state["seconds"],
            resume_state=state if state["random"] is not None else None,
        )

    def run_epoch(self, progress: _Progress, interruption: Interruption) -> None:
        """Run the rest of an epoch and append its row."""
        clock = _Clock(progress.seconds)
        try:
            self._run_steps(progress, interruption, clock)
            progress.rows.append(self._row(progress, clock))
        except Diverged as error:
            progress.seconds = clock.read()
            self.save(progress, diverged=str(error))
            raise Diverged(str(error), progress.rows, progress.seconds) from error

    def _run_steps(self, progress: _Progress, interruption: Interruption, clock: "_Clock") -> None:
        torch.manual_seed(torch_seed(*self.stream_names, self.stage, progress.epoch))
        self.task.begin(progress.epoch)
        if progress.resume_state is not None:
            self._load_parts(progress.resume_state, progress.resume_state["random"])
            progress.resume_state = None
        with progress_bar(progress.epoch, self.steps, progress.step) as bar:
            while progress.step < self.steps:
                self._stop_if_asked(progress, interruption, clock)
                self._save_if_due(progress, clock)
                accumulate(progress.totals, self.task.step(progress.epoch, progress.step))
                progress.step += 1
                bar.update()
        self._stop_if_asked(progress, interruption, clock)

    def _row(self, progress: _Progress, clock: "_Clock") -> Row:
        totals, when = to_floats(progress.totals), f"in epoch {progress.epoch + 1}"
        check_finite({f"the total of {name}": total for name, total in totals.items()}, when)
        row = self.task.end(progress.epoch, {**totals, "seconds": clock.read()})
        row = {**row, "seconds": clock.read()}
        check_row(row, self.schema, self.task)
        check_finite(row, when)
        return row

    def _stop_if_asked(
        self, progress: _Progress, interruption: Interruption, clock: "_Clock"
    ) -> None:
        if interruption.requested:
            progress.seconds = clock.read()
            self.save(progress, random_state())
            raise Interrupted(
                f"interrupted in epoch {progress.epoch + 1}, after step {progress.step} of "
                f"{self.steps}; run again to resume"
            )

    def _save_if_due(self, progress: _Progress, clock: "_Clock") -> None:
        if self.checkpoint is not None and self.saving_times.due():
            progress.seconds = clock.read()
            self.save(progress, random_state())

    def save(
        self,
        progress: _Progress,
        generators: dict[str, Any] | None = None,
        diverged: str | None = None,
    ) -> None:
        """Write the checkpoint.

        `generators` is the state of torch's generators between two steps of an epoch. It is None
        between two epochs, because the next epoch seeds the generators. `diverged` says why the
        training is over.
        """
        if self.checkpoint is None:
            return
        with self.saving_times.measured():
            self.checkpoint.save(
                {
                    "stage": self.stage,
                    "carried_state": self.carried_state,
                    "rows": progress.rows,
                    "epoch": progress.epoch,
                    "step": progress.step,
                    "totals": to_floats(progress.totals),
                    "seconds": progress.seconds,
                    "random": generators,
                    "diverged": diverged,
                    "parts": {name: part.state_dict() for name, part in self.parts.items()},
                }
            )

    def _load_parts(self, state: dict[str, Any], generators: dict[str, Any] | None = None) -> None:
        assert self.checkpoint is not None, "a state comes from a checkpoint"
        with self.checkpoint.fitting():
            for name, part in self.parts.items():
                part.load_state_dict(state["parts"][name])
            if generators is not None:
                set_random_state(generators)


class _SavingTimes:
    """When to write a checkpoint within an epoch: at most every `pause` seconds, and at a price."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._last = time.monotonic()

    def due(self) -> bool:
        return time.monotonic() - self._last >= self._pause

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the writing of a checkpoint."""
        start = time.monotonic()
        yield
        self._last = time.monotonic()
        self._pause = max(self._pause, (self._last - start) / SAVE_SHARE)


class _Clock:
    """Time spent on an epoch, in seconds, including the time before interruptions."""

    def __init__(self, before: float) -> None:
        self._start = time.monotonic() - before

    def read(self) -> float:
        return time.monotonic() - self._start
