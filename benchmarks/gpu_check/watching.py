"""Loops that watch the steps of a search or a run, or stop them and let them resume."""

import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import nn

import naseval
from naseval.training.checkpoint import Checkpoint
from naseval.training.history import Row
from naseval.training.loop import EpochLoop, EpochTask
from naseval.training.metrics import Metrics

SOURCES = Path(naseval.__file__).parent


class WatchedLoop(EpochLoop):
    """Runs everything, and notes where steps wait for the GPU and where the networks are."""

    def __init__(self, checkpoint: Checkpoint, device: torch.device) -> None:
        super().__init__(checkpoint)
        self.device = device
        self.waits: Counter[str] = Counter()
        self.steps = 0
        self.places: set[str] = set()

    def run(self, task: EpochTask, *, parts: Mapping[str, Any], **options: Any) -> list[Row]:
        """Run a stage."""
        rows = super().run(_Before(task, self.step), parts=parts, **options)
        for name in ("network", "alphas"):
            if isinstance(part := parts.get(name), nn.Module):
                tensors = (*part.parameters(), *part.buffers())
                self.places |= {each.device.type for each in tensors}
        return rows

    def step(self, task: EpochTask, epoch: int, step: int) -> Metrics:
        """Take a step and note its waits."""
        self.steps += 1
        with self._watched():
            return task.step(epoch, step)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if self.device.type != "cuda":
            yield
            return
        with warnings.catch_warnings(), patch.object(warnings, "showwarning", self._note):
            warnings.simplefilter("always")
            torch.cuda.set_sync_debug_mode("warn")
            try:
                yield
            finally:
                torch.cuda.set_sync_debug_mode("default")

    def _note(self, message: Any, *rest: Any) -> None:
        if "synchroniz" not in str(message):
            sys.stderr.write(warnings.formatwarning(message, *rest[:3]))
            return
        stack = traceback.extract_stack()
        place = [frame for frame in stack if Path(frame.filename).is_relative_to(SOURCES)][-1]
        self.waits[f"{Path(place.filename).relative_to(SOURCES)}: {place.line}"] += 1


class StoppedLoop(EpochLoop):
    """Asks itself to stop by a signal, once in each stage, before the second step.

    `stopped` has the stages in which it did so, also those of the loops before it.
    """

    def __init__(self, checkpoint: Checkpoint, stopped: set[int]) -> None:
        super().__init__(checkpoint)
        self.stopped = stopped

    def run(self, task: EpochTask, *, stage: int = 1, **options: Any) -> list[Row]:
        """Run a stage."""

        def step(inner: EpochTask, epoch: int, number: int) -> Metrics:
            found = inner.step(epoch, number)
            if number == 0 and stage not in self.stopped:
                self.stopped.add(stage)
                signal.raise_signal(signal.SIGTERM)
            return found

        return super().run(_Before(task, step), stage=stage, **options)


class _Before:
    """A task whose steps are taken by a function."""

    def __init__(self, task: EpochTask, step: Any) -> None:
        self.task, self.taken = task, step

    def begin(self, epoch: int) -> None:
        self.task.begin(epoch)

    def step(self, epoch: int, step: int) -> Metrics:
        found: Metrics = self.taken(self.task, epoch, step)
        return found

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        return self.task.end(epoch, totals)
