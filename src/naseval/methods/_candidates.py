"""Candidates of a search without weight sharing: each is trained from scratch and validated.

A method that uses `Candidates` only has to choose genotypes. NSGA-Net evolves them; a random search
would draw them.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from torch import nn
from torch.nn import functional as F

from naseval.data.training_data import TrainingData
from naseval.errors import Diverged, NasevalError
from naseval.genotype import Genotype
from naseval.randomness import torch_seed
from naseval.settings.base import Optimizer as OptimizerSettings
from naseval.training.checkpoint import Stateful
from naseval.training.device import autocast
from naseval.training.history import Row, history_row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics, batch_metrics, evaluate
from naseval.training.networks import build_network, initialised
from naseval.training.optimizers import (
    backward_and_step,
    build_optimizer,
    learning_rate,
    set_learning_rate,
)

log = logging.getLogger(__name__)


class NetworkSettings(Protocol):
    """The size of the networks of a search."""

    @property
    def channels(self) -> int: ...
    @property
    def cells(self) -> int: ...


class CandidateSettings(NetworkSettings, Protocol):
    """The training of candidates. The `Settings` of a method have these fields."""

    @property
    def epochs(self) -> int: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def weights(self) -> OptimizerSettings: ...
    @property
    def precision(self) -> str: ...


def candidate_network(
    genotype: Genotype, data: TrainingData, settings: NetworkSettings
) -> nn.Module:
    """Return a genotype's network for the search's images and size, randomly initialised."""
    return build_network(
        genotype,
        data.dataset,
        channels=settings.channels,
        cells=settings.cells,
        auxiliary=False,
    )


class Candidates:
    """The candidates of a search, in the order in which the method chooses them.

    Every candidate is a stage of the loop. To resume, a search calls `train` again for all
    candidates, in the same order. The rows of finished candidates are read from the checkpoint, and
    the interrupted training continues.

    Parameters
    ----------
    data : TrainingData
        Images of the search.
    settings : CandidateSettings
        Training of each candidate; usually the method's settings.
    seed : int
        Seed of the search: initial weights, batches and the networks' own randomness.
    loop : Loop
        The loop of the search.
    name : str
        Name of the method, which is part of the names of random streams.
    most : int, optional
        How many candidates there may be, by which the log says what time is left.

    """

    def __init__(
        self,
        data: TrainingData,
        settings: CandidateSettings,
        *,
        seed: int,
        loop: Loop,
        name: str,
        most: int = 0,
    ) -> None:
        self.data, self.settings, self.seed, self.loop, self.name = data, settings, seed, loop, name
        self.most = most
        self.training = data.batches("train", batch_size=settings.batch_size, seed=seed)
        self.validation = data.batches(
            "validation",
            batch_size=settings.batch_size,
            seed=seed,
            random_transforms=False,
            shuffle=False,
        )
        self.saved = loop.saved_stage()
        self._finished = self.saved.rows[: self.saved.stage - 1]
        self.rows: list[Row] = []
        """One row of `schemas.HISTORY` for each candidate trained so far."""

    def train(
        self,
        genotype: Genotype,
        *,
        stage: int = 1,
        epoch: int | None = None,
        columns: Callable[[nn.Module], Mapping[str, Any]] = lambda _network: {},
    ) -> Row:
        """Train the next candidate, append its row to `rows`, and return the row.

        A candidate that diverges does not end the search. Its row has no losses and accuracies
        (`diverged`), so a method must treat it as the worst; `validated` leaves such rows out.

        `validation_loss` and `validation_accuracy` are measured after the last epoch, on validation
        images without random transforms. `train_loss` and `train_accuracy` are means over the last
        epoch.

        Parameters
        ----------
        genotype : Genotype
            The candidate, of any space.
        stage, epoch : int
            Position of the row in the history, e.g. a generation and an index in it; by default
            stage 1 and the number of the candidate, from 1.
        columns : callable, optional
            Maps the trained network to more columns of the row, e.g. `flops`.

        Raises
        ------
        NasevalError
            If the checkpoint has another genotype at this position.

        """
        number = len(self.rows)
        if number < len(self._finished):
            row = self._finished[number]
        else:
            place = {"stage": stage, "epoch": number + 1 if epoch is None else epoch}
            row = self._trained(number, genotype, columns) | place
        if Genotype.from_json(row["genotype"]) != genotype:
            raise NasevalError(
                f"the checkpoint's candidate {number + 1} is not the one chosen now (another "
                "release of a library?); delete the checkpoint and run again"
            )
        self.rows.append(row)
        return row

    def task(self, number: int, genotype: Genotype) -> "CandidateTask":
        """Return the training of the next candidate, whose number counts from 0."""
        return CandidateTask(self, number, genotype)

    def carried_state(self) -> dict[str, Any] | None:
        """Return what the next training needs from earlier ones, for the checkpoint."""
        return None

    def epochs_after(self, task: "CandidateTask") -> int:
        """Return how many epochs the trainings after one may have, as far as is known."""
        return max(0, self.most - task.number - 1) * task.epochs

    def validated(self) -> list[Row]:
        """Return the rows of the candidates that did not diverge.

        Raise `NasevalError` if all did.
        """
        found = [row for row in self.rows if not diverged(row)]
        if not found:
            raise NasevalError(
                f"all {len(self.rows)} candidates of the search diverged; lower learning_rate"
            )
        return found

    def _trained(
        self, number: int, genotype: Genotype, columns: Callable[[nn.Module], Mapping[str, Any]]
    ) -> Row:
        task = self.task(number, genotype)
        try:
            rows = self._run(task, number)
            log.info("candidate %d: %.2f %% validation accuracy", number + 1, _score(rows[-1]))
        except Diverged as error:
            log.warning("candidate %d counts as the worst: %s", number + 1, error)
            unmeasured = history_row(0, task.device) | {"seconds": error.seconds}
            rows = [*error.rows[number:], unmeasured]
        return rows[-1] | {
            "seconds": sum(row["seconds"] for row in rows),
            "peak_memory": max(row["peak_memory"] for row in rows),
            "genotype": genotype.to_json(),
            **columns(task.network),
        }

    def _run(self, task: "CandidateTask", number: int) -> list[Row]:
        """Return the rows of the candidate's own epochs."""
        return self.loop.run(
            task,
            epochs=task.epochs,
            steps=len(self.training),
            parts=task.parts,
            stream_names=(self.seed, self.name),
            stage=number + 1,
            carried_state=self.carried_state(),
            rows=self.rows,
            later=self.epochs_after(task),
        )[number:]


def diverged(row: Row) -> bool:
    """Tell whether the candidate of a row diverged, so that it was not validated."""
    return "validation_accuracy" not in row


def _score(row: Row) -> float:
    return float(row["validation_accuracy"])


class CandidateTask:
    """The training of one candidate, an `EpochTask`. `number` counts candidates from 0."""

    def __init__(self, candidates: Candidates, number: int, genotype: Genotype) -> None:
        self.candidates, self.settings, self.number = candidates, candidates.settings, number
        self.device, self.epochs = candidates.data.device, candidates.settings.epochs
        self.network = initialised(
            lambda: self.built(genotype), torch_seed(candidates.seed, candidates.name, number)
        ).to(self.device)
        self.optimizer = build_optimizer(self.network.parameters(), self.settings.weights)

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that the training changes."""
        return {"network": self.network, "optimizer": self.optimizer}

    def built(self, genotype: Genotype) -> nn.Module:
        """Return the candidate's network."""
        return candidate_network(genotype, self.candidates.data, self.settings)

    def begin(self, epoch: int) -> None:
        """Set the learning rate and training mode."""
        set_learning_rate(self.optimizer, self.learning_rate(epoch))
        self.network.train()

    def step(self, epoch: int, step: int) -> Metrics:
        """Train one batch. Every candidate has its own batches."""
        epochs_before = self.number * self.settings.epochs
        images, labels = self.candidates.training.at(epochs_before + epoch, step)
        with autocast(self.device, self.settings.precision):
            logits, _ = self.network(images)
        loss = F.cross_entropy(logits.float(), labels)
        backward_and_step(loss, self.optimizer, self.settings.weights.gradient_clip)
        return batch_metrics(logits.detach(), labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the epoch's row, with the validation in the last epoch."""
        last = epoch + 1 == self.epochs
        return history_row(
            epoch,
            self.device,
            stage=self.number + 1,
            train=totals,
            validation=self._validated() if last else None,
            learning_rate=self.learning_rate(epoch),
        )

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)

    def _validated(self) -> dict[str, float]:
        batches = self.candidates.validation
        return evaluate(self.network, batches, self.device, self.settings.precision)
