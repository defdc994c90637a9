"""The rounds that agents play: a path of the shared network is trained, then validated."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from naseval.data.training_data import SearchData
from naseval.genotype import Genotype
from naseval.methods._paths.paths import EDGES, Paths, Table, entropy
from naseval.methods._paths.settings import PathSettings
from naseval.methods._paths.supernet import SampledSupernet
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Stateful
from naseval.training.device import autocast, peak_memory
from naseval.training.metrics import Sums, accuracy, sums
from naseval.training.networks import initialised
from naseval.training.optimizers import (
    build_optimizer,
    clip_gradients,
    learning_rate,
    set_learning_rate,
)

Batch = tuple[Tensor, Tensor]


class Rounds:
    """The shared network with what trains it; one round per training batch.

    The network is always in training mode: the running statistics of paths that are rarely
    drawn are stale, so validation normalises by the batch as well. Where there are fewer
    validation than training batches they are used again.
    """

    def __init__(self, data: SearchData, settings: PathSettings, seed: int) -> None:
        self.settings, self.device = settings, data.device
        self.network = initialised(lambda: _network(data, settings), seed).to(data.device)
        self.weights = list(self.network.parameters())
        self.optimizer = build_optimizer(self.weights, settings.weights)
        batches = partial(data.batches, batch_size=settings.batch_size, seed=seed)
        self.training, self.validation = batches("train"), batches("validation")

    def __len__(self) -> int:
        """Return the rounds of an epoch."""
        return len(self.training)

    @property
    def parts(self) -> dict[str, Stateful]:
        """Everything that the rounds change."""
        return {"network": self.network, "optimizer": self.optimizer}

    def begin(self, epoch: int) -> None:
        """Set the learning rate and training mode."""
        set_learning_rate(self.optimizer, self._learning_rate(epoch))
        self.network.train()

    def play(self, epoch: int, step: int, path: Paths) -> tuple[Sums, Tensor]:
        """Train the weights on `path`, (agents,), then validate them on it, a batch each.

        Returns the round's sums and its mean validation loss, which stays on the device.
        """
        trained = self._train(path, self.training.at(epoch, step))
        images, labels = self.validation.at(epoch, step % len(self.validation))
        with torch.no_grad():
            validated = sums(self._logits(images, path), labels)
        loss = validated["loss"] / len(labels)
        assert isinstance(loss, Tensor)
        return {**trained, **{f"validation_{name}": it for name, it in validated.items()}}, loss

    def row(
        self, epoch: int, totals: Mapping[str, float], policy: Table, genotype: Genotype
    ) -> dict[str, Any]:
        """Return the row of `schemas.HISTORY`; validation figures are means over the rounds."""
        images = totals["validation_images"]
        return {
            "stage": 1,
            "epoch": epoch + 1,
            "train_loss": totals["loss"] / totals["images"],
            "train_accuracy": accuracy(totals),
            "validation_loss": totals["validation_loss"] / images,
            "validation_accuracy": 100 * totals["validation_correct"] / images,
            "learning_rate": self._learning_rate(epoch),
            "entropy": entropy(policy),
            "genotype": genotype.to_json(),
            "peak_memory": peak_memory(self.device),
        }

    def _train(self, path: Paths, batch: Batch) -> Sums:
        images, labels = batch
        # Weights off the path are to keep no gradient, not one of zero: the optimizer then
        # leaves them alone, where weight decay and momentum would move them.
        self.optimizer.zero_grad(set_to_none=True)
        totals = sums(self._logits(images, path), labels)
        loss = totals["loss"] / len(labels)
        assert isinstance(loss, Tensor)
        loss.backward()
        clip_gradients(self.weights, self.settings.weights)
        self.optimizer.step()
        return totals

    def _logits(self, images: Tensor, path: Paths) -> Tensor:
        with autocast(self.device, self.settings.precision):
            logits: Tensor = self.network(images, *torch.from_numpy(path).split(EDGES))
        return logits.float()

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)


def _network(data: SearchData, settings: PathSettings) -> SampledSupernet:
    edges = (SPACE.operations,) * EDGES
    return SampledSupernet(
        {"normal": edges, "reduce": edges},
        images=data.dataset.images,
        classes=data.classes,
        channels=settings.channels,
        cells=settings.cells,
    )
