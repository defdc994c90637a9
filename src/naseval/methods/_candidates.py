"""Candidates of a search that shares no weights: each is trained from scratch and validated.

A method that uses `Candidates` only has to choose genotypes. NSGA-Net breeds them; a random search
would draw them.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from torch import nn
from torch.nn import functional as F

from naseval.data.training_data import TrainingData
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.randomness import torch_seed
from naseval.settings.base import Optimizer as OptimizerSettings
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
    """The size of the networks that a search builds."""

    @property
    def channels(self) -> int: ...
    @property
    def cells(self) -> int: ...


class CandidateSettings(NetworkSettings, Protocol):
    """How every candidate is trained; a method's `Settings` have these fields."""

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
    """Return the network of a genotype for a search's images and size, freshly initialised."""
    return build_network(
        genotype,
        data.dataset,
        channels=settings.channels,
        cells=settings.cells,
        auxiliary=False,
    )


class Candidates:
    """The candidates of a search, in the order in which the method chooses them.

    Every candidate is a stage of the loop. A search that was stopped within a candidate's training
    calls `train` again for all of them, in the same order: those that were finished are read from
    the checkpoint, and the one that was stopped resumes.

    Parameters
    ----------
    data : TrainingData
        Images of the search.
    settings : CandidateSettings
        How each candidate is trained; usually the method's settings.
    seed : int
        Seed of the search: initial weights, batches and the networks' own randomness.
    loop : Loop
        The loop that the search was given.
    name : str
        Name of the method: random streams are named by it.

    """

    def __init__(
        self, data: TrainingData, settings: CandidateSettings, *, seed: int, loop: Loop, name: str
    ) -> None:
        self.data, self.settings, self.seed, self.loop, self.name = data, settings, seed, loop, name
        self.training = data.batches("train", batch_size=settings.batch_size, seed=seed)
        self.validation = data.batches(
            "validation",
            batch_size=settings.batch_size,
            seed=seed,
            random_transforms=False,
            shuffle=False,
        )
        saved = loop.saved_stage()
        self._finished = saved.rows[: saved.stage - 1]
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

        Its `validation_loss` and `validation_accuracy` are those after the last epoch, on
        validation images without random transforms; `train_loss` and `train_accuracy` are means
        over the last epoch.

        Parameters
        ----------
        genotype : Genotype
            The candidate, of any space.
        stage, epoch : int
            Where the row belongs in the history, e.g. a generation and a place in it; by default
            stage 1 and the number of the candidate, from 1.
        columns : callable, optional
            Maps the trained network to further columns of the row, e.g. `flops`.

        Raises
        ------
        NasevalError
            If a checkpoint holds another genotype in this place.

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

    def _trained(
        self, number: int, genotype: Genotype, columns: Callable[[nn.Module], Mapping[str, Any]]
    ) -> Row:
        task = CandidateTask(self, number, genotype)
        rows = self.loop.run(
            task,
            epochs=self.settings.epochs,
            steps=len(self.training),
            parts={"network": task.network, "optimizer": task.optimizer},
            stream_names=(self.seed, self.name),
            stage=number + 1,
            rows=self.rows,
        )[number:]
        row = rows[-1] | {
            "seconds": sum(row["seconds"] for row in rows),
            "peak_memory": max(row["peak_memory"] for row in rows),
            "genotype": genotype.to_json(),
            **columns(task.network),
        }
        log.info(
            "candidate %d: %.2f %% validation accuracy", number + 1, row["validation_accuracy"]
        )
        return row


class CandidateTask:
    """The training of one candidate, an `EpochTask`; `number` counts candidates from 0."""

    def __init__(self, candidates: Candidates, number: int, genotype: Genotype) -> None:
        self.candidates, self.settings, self.number = candidates, candidates.settings, number
        self.device = candidates.data.device
        self.network = initialised(
            lambda: candidate_network(genotype, candidates.data, self.settings),
            torch_seed(candidates.seed, candidates.name, number),
        ).to(self.device)
        self.optimizer = build_optimizer(self.network.parameters(), self.settings.weights)

    def begin(self, epoch: int) -> None:
        """Set the learning rate and training mode."""
        set_learning_rate(self.optimizer, self._learning_rate(epoch))
        self.network.train()

    def step(self, epoch: int, step: int) -> Metrics:
        """Train one batch; every candidate sees batches of its own."""
        epochs_before = self.number * self.settings.epochs
        images, labels = self.candidates.training.at(epochs_before + epoch, step)
        with autocast(self.device, self.settings.precision):
            logits, _ = self.network(images)
        loss = F.cross_entropy(logits.float(), labels)
        backward_and_step(loss, self.optimizer, self.settings.weights.gradient_clip)
        return batch_metrics(logits.detach(), labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the epoch's row; the last epoch's includes the validation."""
        last = epoch + 1 == self.settings.epochs
        return history_row(
            epoch,
            self.device,
            stage=self.number + 1,
            train=totals,
            validation=self._validated() if last else None,
            learning_rate=self._learning_rate(epoch),
        )

    def _validated(self) -> dict[str, float]:
        batches = self.candidates.validation
        return evaluate(self.network, batches, self.device, self.settings.precision)

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)
