"""ENAS: a controller samples paths of a shared network (Pham et al., ICML 2018).

Each epoch trains the shared weights, one freshly sampled architecture per batch, and then the
controller, by REINFORCE on the accuracy of single validation batches.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._supernet_scores import Subnetwork
from naseval.methods.enas.controller import DECISIONS, Policy
from naseval.methods.enas.settings import Settings
from naseval.methods.enas.supernet import EnasSupernet
from naseval.spaces.enas.space import SPACE, genotype_of
from naseval.training.checkpoint import Stateful, TensorState
from naseval.training.device import autocast
from naseval.training.history import Row, history_row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics, accuracy, batch_metrics
from naseval.training.networks import initialised
from naseval.training.optimizers import (
    backward_and_step,
    build_optimizer,
    learning_rate,
    set_learning_rate,
)

Images = tuple[Tensor, Tensor]


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the ENAS space.

    The training part trains the weights, the validation part the controller. The result is the best
    of the architectures sampled after the last epoch.
    """
    task = EnasTask(data, settings, seed)
    history = loop.run(
        task,
        epochs=settings.epochs,
        steps=task.steps,
        parts=task.parts,
        stream_names=(seed, "enas"),
    )
    return SearchResult(Genotype.from_json(history[-1]["genotype"]), history)


class EnasTask:
    """The epochs of the search, an `EpochTask`: weight steps, then controller updates."""

    def __init__(self, data: TrainingData, settings: Settings, seed: int) -> None:
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
        self.validation = data.batches(
            "validation", batch_size=size, seed=seed, random_transforms=False
        )

    @property
    def steps(self) -> int:
        """Number of steps per epoch: weight steps and controller updates."""
        return len(self.training) + self.settings.controller.updates

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that training changes."""
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

    def step(self, epoch: int, step: int) -> Metrics:
        """Train the shared weights on a batch, or update the controller."""
        if step < len(self.training):
            return self._train_weights(*self.training.at(epoch, step))
        return self._train_policy(epoch, step - len(self.training))

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`. Validation values are means over the rewards."""
        samples = totals["samples"]
        return history_row(
            epoch,
            self.device,
            train=totals,
            validation_loss=totals["validation_loss"] / samples,
            validation_accuracy=accuracy(totals["validation_accuracy"], samples),
            genotype=self._best_sampled(epoch),
            learning_rate=self._learning_rate(epoch),
            entropy=totals["entropy"] / (samples * DECISIONS),
        )

    def subnetwork(self, genotype: Genotype) -> Subnetwork:
        """Return the shared weights of a genotype."""
        return lambda images: self.network(images, genotype)[0]

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)

    def _train_weights(self, images: Tensor, labels: Tensor) -> Metrics:
        with torch.no_grad():
            genotype = self._genotypes(self.policy.sample(1).integers)[0]
        with autocast(self.device, self.settings.precision):
            logits, auxiliary_logits = self.network(images, genotype)
        metrics = batch_metrics(logits, labels)
        loss = F.cross_entropy(logits.float(), labels)
        if auxiliary_logits is not None:
            auxiliary = F.cross_entropy(auxiliary_logits.float(), labels)
            loss = loss + self.settings.auxiliary_weight * auxiliary
        backward_and_step(loss, self.weight_optimizer, self.settings.weights.gradient_clip)
        return metrics

    def _train_policy(self, epoch: int, update: int) -> Metrics:
        """Update the controller by the mean gradient of several architectures.

        Each architecture gets its reward on its own validation batch. The network's weights do not
        change. The policy stays on the CPU, where single steps of a small LSTM are fastest.
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
        backward_and_step(loss, self.policy_optimizer, controller.optimizer.gradient_clip)
        return {
            "samples": count,
            "validation_loss": scores[:, 0].sum(),
            "validation_accuracy": scores[:, 1].sum(),
            "entropy": samples.entropy.sum(),
        }

    def _advantage(self, reward: Tensor) -> Tensor:
        """Move the baseline towards the reward, and return the reward minus the baseline."""
        self.baseline.lerp_(reward, 1 - self.settings.controller.baseline_decay)
        return reward - self.baseline

    def _best_sampled(self, epoch: int) -> Genotype:
        """Sample architectures and return the best one on the same validation batches."""
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
        """Validation batches per epoch. They differ until all images have been used."""
        controller = self.settings.controller
        return controller.updates * controller.samples_per_update + self.settings.final_batches

    def _validation(self, number: int) -> Images:
        """Return a validation batch by its number, counted over all epochs."""
        return self.validation.at(*divmod(number, len(self.validation)))

    @torch.no_grad()
    def _score(self, genotype: Genotype, batch: Images) -> Tensor:
        """Return the mean cross-entropy and the accuracy (0 to 1) of a batch, (2,)."""
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


def _networks(data: TrainingData, settings: Settings) -> tuple[EnasSupernet, Policy]:
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
