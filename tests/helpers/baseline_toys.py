"""Settings of baselines that take seconds, images, and a loop that is stopped at any step."""

import signal
from typing import Any

from naseval.methods import get_settings
from naseval.methods._paths.settings import SupernetSettings
from naseval.settings.base import Optimizer, SearchSettings
from naseval.training.loop import EpochLoop
from training_toy import toy_protocol

CHOICES: dict[str, dict[str, Any]] = {
    "random_search": {"trials": 3},
    "local_search": {"trials": 3},
    "regularised_evolution": {"trials": 4, "population": 2, "sample": 2},
    "successive_halving": {"trials": 2, "epochs": 4, "first": 1, "factor": 2},
    "zero_cost": {"score": "nwot", "samples": 4},
    "random_sharing": {"epochs": 2, "candidates": 5, "finalists": 2},
}
"""Settings by algorithm."""
WEIGHTS = {"name": "sgd", "learning_rate": 0.05, "learning_rate_min": 0.0, "weight_decay": 3e-4}


def baseline_settings(
    algorithm: str, space: str = "darts", protocol: dict[str, Any] | None = None, **changes: Any
) -> SearchSettings:
    """Return settings of a search of seconds in a space, with changes to them and the protocol."""
    settings = get_settings(algorithm)
    small = toy_protocol(**{"batch_size": 8, "channels": 2, "cells": 2, **(protocol or {})})
    given = settings.filled_in(space, "uniform7" if space == "darts" else "uniform", small)
    chosen = {**given, **({"epochs": 2} if "epochs" in given else {}), **CHOICES[algorithm]}
    if issubclass(settings, SupernetSettings):
        chosen |= {"batch_size": 8, "channels": 2, "cells": 2, "weights": Optimizer(**WEIGHTS)}
    return settings(**{**chosen, **changes})


class StoppedLoop(EpochLoop):
    """A loop whose process gets SIGTERM before the step of a number, counted over all stages."""

    def __init__(self, checkpoint: Any, step: int) -> None:
        super().__init__(checkpoint)
        self.left = step

    def run(self, task: Any, **options: Any) -> Any:
        """Run the rest of a stage."""
        return super().run(_Stopping(task, self), **options)


class _Stopping:
    def __init__(self, task: Any, loop: StoppedLoop) -> None:
        self.task, self.loop = task, loop

    def begin(self, epoch: int) -> None:
        self.task.begin(epoch)

    def step(self, epoch: int, step: int) -> Any:
        if self.loop.left == 0:
            signal.raise_signal(signal.SIGTERM)
        self.loop.left -= 1
        return self.task.step(epoch, step)

    def end(self, epoch: int, totals: Any) -> Any:
        return self.task.end(epoch, totals)
