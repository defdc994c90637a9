"""ENAS: a controller samples paths of a shared network (Pham et al., ICML 2018).

Each epoch trains the shared weights, one freshly sampled architecture per batch, and then the
controller, by REINFORCE on the accuracy of single validation batches.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from naseval.data.training_data import SearchData
from naseval.genotype import Genotype
from naseval.methods._search import SearchResult
from naseval.methods.enas.controller import DECISIONS, Policy
from naseval.methods.enas.settings import Settings
from naseval.methods.enas.supernet import EnasSupernet
from naseval.spaces.enas.space import SPACE, genotype_of
from naseval.training.checkpoint import Checkpoint, Stateful, TensorState
from naseval.training.device import autocast, peak_memory
from naseval.training.loop import run_epochs
from naseval.training.metrics import Sums, accuracy, sums
from naseval.training.networks import initialised
from naseval.training.optimizers import (
    build_optimizer,
    clip_gradients,
    learning_rate,
    set_learning_rate,
)

Images = tuple[Tensor, Tensor]


def search(
    data: SearchData, settings: Settings, *, seed: int, checkpoint: Checkpoint | None
) -> SearchResult:
    """Search the ENAS space.

    The training part moves the weights, the validation part the controller. The result is the
    best of the architectures sampled after the last epoch.
    """
    task = EnasTask(data, settings, seed)
    history = run_epochs(
        task,
        epochs=settings.epochs,
        steps=task.steps,
        parts=task.parts,
        checkpoint=checkpoint,
        names=(seed, "enas"),
    )
    return SearchResult(Genotype.from_json(history[-1]["genotype"]), history)


class EnasTask:
    """The epochs of the search, an `EpochTask`: weight steps, then controller updates."""

    def __init__(self, data: SearchData, settings: Settings, seed: int) -> None:
        self.settings, self.device = settings, data.device
        self.network, self.policy = initialised(lambda: _networks(data, settings), seed)
        self.network.to(data.device)
        self.baseline = torch.zeros(())
        self.weight_optimizer = build_optimizer(self.network.parameters(), settings.weights)
        adam = settings.controller.optimizer
        self.policy_optimizer = torch.optim.Adam(
            self.policy.parameters(),
            adam.learning_rate,
            betas=adam.betas,
            eps=adam.epsilon,
            weight_decay=adam.weight_decay,
        )
        size = settings.batch_size
        self.training = data.batches("train", batch_size=size, seed=seed)
        self.validation = data.batches("validation", batch_size=size, seed=seed, augmented=False)

    @property
    def steps(self) -> int:
        """Steps per epoch: weight steps and controller updates."""
        return len(self.training) + self.settings.controller.updates

    @property
    def parts(self) -> dict[str, Stateful]:
        """Everything that training changes."""
        return {
            "network": self.network,
            "policy": self.policy,
            "baseline": TensorState({"baseline": self.baseline}),
            "weight_optimizer": self.weight_optimizer,
            "policy_optimizer": self.policy_optimizer,
        }

    def begin(self, epoch: int) -> None:
        """Set the learning rate of the shared weights, and training mode."""
        set_learning_rate(self.weight_optimizer, self._learning_rate(epoch))
        self.network.train()

    def step(self, epoch: int, step: int) -> Sums:
        """Train the shared weights on a batch, or update the controller."""
        if step < len(self.training):
            return self._train_weights(*self.training.at(epoch, step))
        return self._train_policy(epoch, step - len(self.training))

    def end(self, epoch: int, totals: Mapping[str, float]) -> dict[str, Any]:
        """Return the row of `schemas.HISTORY`: validation figures are means over rewards."""
        samples = totals["samples"]
        return {
            "stage": 1,
            "epoch": epoch + 1,
            "train_loss": totals["loss"] / totals["images"],
            "train_accuracy": accuracy(totals),
            "validation_loss": totals["validation_loss"] / samples,
            "validation_accuracy": 100 * totals["validation_accuracy"] / samples,
            "learning_rate": self._learning_rate(epoch),
            "entropy": totals["entropy"] / (samples * DECISIONS),
            "genotype": self._best_sampled(epoch).to_json(),
            "peak_memory": peak_memory(self.device),
        }

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)

    def _train_weights(self, images: Tensor, labels: Tensor) -> Sums:
        with torch.no_grad():
            genotype = self._genotypes(self.policy.sample(1).integers)[0]
        with autocast(self.device, self.settings.precision):
            logits, auxiliary = self.network(images, genotype)
        totals = sums(logits, labels)
        loss = F.cross_entropy(logits.float(), labels)
        if auxiliary is not None:
            beside = F.cross_entropy(auxiliary.float(), labels)
            loss = loss + self.settings.auxiliary_weight * beside
        self.weight_optimizer.zero_grad()
        loss.backward()
        clip_gradients(self.network.parameters(), self.settings.weights)
        self.weight_optimizer.step()
        return totals

    def _train_policy(self, epoch: int, update: int) -> Sums:
        """Average the gradients of several architectures, each with a validation batch of its own.

        The network stands still, and the policy stays on the CPU, where single steps of a small
        LSTM are fastest.
        """
        controller = self.settings.controller
        count = controller.samples_per_update
        samples = self.policy.sample(count)
        first = epoch * self._batches_per_epoch + update * count
        scores = torch.stack(
            [
                self._score(genotype, self._validation(first + index))
                for index, genotype in enumerate(self._genotypes(samples.integers))
            ]
        ).cpu()
        rewards = scores[:, 1] + controller.entropy_weight * samples.entropy
        advantages = torch.stack([self._advantage(reward) for reward in rewards])
        loss = -(samples.log_probability * advantages).mean()
        self.policy_optimizer.zero_grad()
        loss.backward()
        clip_gradients(self.policy.parameters(), controller.optimizer)
        self.policy_optimizer.step()
        return {
            "samples": count,
            "validation_loss": scores[:, 0].sum(),
            "validation_accuracy": scores[:, 1].sum(),
            "entropy": samples.entropy.sum(),
        }

    def _advantage(self, reward: Tensor) -> Tensor:
        """Move the baseline towards the reward; return what the reward has above it then."""
        self.baseline.lerp_(reward, 1 - self.settings.controller.baseline_decay)
        return reward - self.baseline

    def _best_sampled(self, epoch: int) -> Genotype:
        """Sample architectures and return the best on the same validation batches."""
        with torch.no_grad():
            genotypes = self._genotypes(self.policy.sample(self.settings.final_samples).integers)
        batches = self.settings.final_batches
        first = (epoch + 1) * self._batches_per_epoch - batches
        scores = torch.zeros(len(genotypes), device=self.device)
        for batch in map(self._validation, range(first, first + batches)):
            scores += torch.stack([self._score(genotype, batch)[1] for genotype in genotypes])
        return genotypes[int(scores.argmax())]

    @property
    def _batches_per_epoch(self) -> int:
        """Validation batches of an epoch, all of them different until the images are used up."""
        controller = self.settings.controller
        return controller.updates * controller.samples_per_update + self.settings.final_batches

    def _validation(self, number: int) -> Images:
        """Return a validation batch, counted over all epochs."""
        return self.validation.at(*divmod(number, len(self.validation)))

    @torch.no_grad()
    def _score(self, genotype: Genotype, batch: Images) -> Tensor:
        """Return the mean cross-entropy and the accuracy, 0 to 1, of a batch: (2,)."""
        images, labels = batch
        if self.network.training:
            self.network.eval()
        with autocast(self.device, self.settings.precision):
            logits, _ = self.network(images, genotype)
        correct = (logits.argmax(1) == labels).float().mean()
        return torch.stack([F.cross_entropy(logits.float(), labels), correct])

    @staticmethod
    def _genotypes(integers: Tensor) -> list[Genotype]:
        return [genotype_of(SPACE.name, row) for row in integers.tolist()]


def _networks(data: SearchData, settings: Settings) -> tuple[EnasSupernet, Policy]:
    network = EnasSupernet(
        images=data.dataset.images,
        image_size=data.dataset.image_size,
        classes=data.classes,
        channels=settings.channels,
        cells=settings.cells,
        dropout=settings.dropout,
        auxiliary=settings.auxiliary_weight > 0,
    )
    return network, Policy(settings.controller)
