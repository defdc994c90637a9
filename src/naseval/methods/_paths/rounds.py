"""Rounds of MANAS and MANAS-LS: a path of the supernet is trained, then validated."""

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor

from naseval.data.batches import Batches
from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods._paths.paths import EDGES, Paths, Table, entropy, path_of
from naseval.methods._paths.settings import SupernetSettings
from naseval.methods._paths.supernet import SampledSupernet
from naseval.methods._supernet_scores import Subnetwork
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Stateful
from naseval.training.device import autocast
from naseval.training.history import Row, history_row
from naseval.training.metrics import Metrics, batch_metrics
from naseval.training.networks import initialised
from naseval.training.optimizers import (
    backward_and_step,
    build_optimizer,
    learning_rate,
    set_learning_rate,
)

Batch = tuple[Tensor, Tensor]
VALIDATION = "validation_"
"""Prefix of the validation metrics of a round."""


class Rounds:
    """The supernet and its training, with one round per training batch.

    The network is always in training mode. The running statistics of rarely drawn paths are
    outdated, so validation also normalises by the batch. If there are fewer validation batches than
    training batches, validation batches are reused.
    """

    def __init__(self, data: TrainingData, settings: SupernetSettings, seed: int) -> None:
        self.settings, self.device = settings, data.device
        self.network = initialised(lambda: _network(data, settings), seed).to(data.device)
        self.optimizer = build_optimizer(self.network.parameters(), settings.weights)
        batches = partial(data.batches, batch_size=settings.batch_size, seed=seed)
        self.training, self.validation = batches("train"), batches("validation")

    def __len__(self) -> int:
        """Return the number of rounds per epoch."""
        return len(self.training)

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that the rounds change."""
        return {"network": self.network, "optimizer": self.optimizer}

    def begin(self, epoch: int) -> None:
        """Set the learning rate and training mode."""
        set_learning_rate(self.optimizer, self.learning_rate(epoch))
        self.network.train()

    def play(self, epoch: int, step: int, path: Paths) -> tuple[Metrics, Tensor]:
        """Train the weights on `path`, (agents,), then validate them on it, with one batch each.

        Return the round's metrics and its mean validation loss, which stays on the device.
        """
        trained = self.train(path, self.training.at(epoch, step))
        images, labels = self.validation.at(epoch, step % len(self.validation))
        with torch.no_grad():
            validated = batch_metrics(self.logits(images, path), labels)
        loss = validated["loss"] / len(labels)
        assert isinstance(loss, Tensor)
        prefixed = {f"{VALIDATION}{name}": value for name, value in validated.items()}
        return {**trained, **prefixed}, loss

    def row(
        self, epoch: int, totals: Mapping[str, float], policy: Table, genotype: Genotype
    ) -> Row:
        """Return the row of `schemas.HISTORY`. Validation values are means over the rounds."""
        return history_row(
            epoch,
            self.device,
            train=totals,
            validation={
                name.removeprefix(VALIDATION): value
                for name, value in totals.items()
                if name.startswith(VALIDATION)
            },
            genotype=genotype,
            learning_rate=self.learning_rate(epoch),
            entropy=entropy(policy),
        )

    def train(self, path: Paths, batch: Batch) -> Metrics:
        """Train the weights on `path`, (agents,), with one batch; return its metrics."""
        images, labels = batch
        metrics = batch_metrics(self.logits(images, path), labels)
        loss = metrics["loss"] / len(labels)
        assert isinstance(loss, Tensor)
        # Weights outside the path have no gradient, so the optimizer does not change them.
        backward_and_step(loss, self.optimizer, self.settings.weights.gradient_clip)
        return metrics

    def logits(self, images: Tensor, path: Paths) -> Tensor:
        """Return the logits (B, classes) of images (B, 3, S, S) by the path (agents,)."""
        with autocast(self.device, self.settings.precision):
            logits: Tensor = self.network(images, *torch.from_numpy(path).split(EDGES))
        return logits.float()

    @torch.no_grad()
    def accuracy(self, path: Paths, batches: Batches, count: int) -> float:
        """Return the share of the first `count` batches that a path (agents,) classifies right."""
        correct = images = 0
        for step in range(count):
            x, labels = batches.at(0, step)
            correct += int((self.logits(x, path).argmax(1) == labels).sum())
            images += len(labels)
        return correct / images

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch."""
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)


class RoundsTask:
    """An `EpochTask` whose steps are rounds; it shares their weights."""

    rounds: Rounds

    @property
    def network(self) -> SampledSupernet:
        """The supernet."""
        return self.rounds.network

    def subnetwork(self, genotype: Genotype) -> Subnetwork:
        """Return the shared weights of a genotype."""
        return partial(self.rounds.logits, path=path_of(genotype))


def _network(data: TrainingData, settings: SupernetSettings) -> SampledSupernet:
    edges = (SPACE.operations,) * EDGES
    return SampledSupernet(
        {"normal": edges, "reduce": edges},
        images=data.dataset.images,
        classes=data.classes,
        channels=settings.channels,
        cells=settings.cells,
    )
