"""Training of a supernet with alphas: the common part of bilevel and one-level searches."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from torch import Tensor, nn

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods._gradient.alphas import Alphas
from naseval.methods._supernet.supernet import Supernet
from naseval.methods._supernet_scores import Subnetwork
from naseval.settings.base import ArchitectureOptimizer
from naseval.settings.base import Optimizer as OptimizerSettings
from naseval.training.checkpoint import Stateful
from naseval.training.device import autocast
from naseval.training.history import Row, history_row
from naseval.training.metrics import Metrics, batch_metrics, evaluate
from naseval.training.optimizers import (
    backward,
    build_optimizer,
    clip_and_step,
    learning_rate,
    set_learning_rate,
)

Batch = tuple[Tensor, Tensor]


class Settings(Protocol):
    """Settings of a gradient search. The number of epochs is that of one stage."""

    @property
    def epochs(self) -> int: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def weights(self) -> OptimizerSettings: ...
    @property
    def architecture(self) -> ArchitectureOptimizer: ...
    @property
    def precision(self) -> str: ...


class Relaxed(nn.Module):
    """A supernet with its alphas. Like an evaluation network, it returns (logits, None)."""

    def __init__(self, network: nn.Module, alphas: Alphas) -> None:
        super().__init__()
        self.network = network
        self.alphas = alphas

    def forward(self, images: Tensor) -> tuple[Tensor, None]:
        """Map images (B, 3, S, S) to logits (B, classes) and None."""
        return self.network(images, *self.alphas()), None


class SupernetTask(ABC):
    """One stage of a gradient search, an `EpochTask` with an abstract `step`.

    `network` and `alphas` are on the data's device. `derive` maps the alphas to a
    genotype. The weights are trained on `part`. If it is `all`, no validation images are left, and
    the history has no validation.
    """

    def __init__(
        self,
        network: Supernet,
        alphas: Alphas,
        data: TrainingData,
        settings: Settings,
        *,
        seed: int,
        part: Literal["train", "all"],
        derive: Callable[[Alphas], Genotype],
        cutout: int,
        stage: int,
    ) -> None:
        self.network, self.alphas, self.device = network, alphas, data.device
        self.settings, self.derive, self.stage = settings, derive, stage
        self.weight_optimizer = build_optimizer(network.parameters(), settings.weights)
        self.alpha_optimizer = build_optimizer(alphas.parameters(), settings.architecture)
        size = settings.batch_size
        self.training = data.batches(part, batch_size=size, seed=seed, cutout=cutout)
        self.clean_validation = (
            data.batches(
                "validation", batch_size=size, seed=seed, random_transforms=False, shuffle=False
            )
            if part == "train"
            else None
        )

    @property
    def steps(self) -> int:
        """Number of steps per epoch."""
        return len(self.training)

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that training changes."""
        return {
            "network": self.network,
            "alphas": self.alphas,
            "weight_optimizer": self.weight_optimizer,
            "alpha_optimizer": self.alpha_optimizer,
        }

    def begin(self, epoch: int) -> None:
        """Set the learning rate and training mode."""
        set_learning_rate(self.weight_optimizer, self._learning_rate(epoch))
        self.network.train()

    @abstractmethod
    def step(self, epoch: int, step: int) -> Metrics:
        """Train one step and return its metrics."""

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`. Validation uses untransformed images."""
        return history_row(
            epoch,
            self.device,
            stage=self.stage,
            train=totals,
            validation=self._validated(),
            genotype=self.derive(self.alphas),
            learning_rate=self._learning_rate(epoch),
            entropy=self.alphas.entropy(),
        )

    def subnetwork(self, genotype: Genotype) -> Subnetwork | None:
        """Return the shared weights of a genotype; None if the supernet lacks one of its edges."""
        chosen = self.network.choosing(genotype)
        return None if chosen is None else lambda images: self.network(images, *chosen)

    def _validated(self) -> dict[str, float] | None:
        if self.clean_validation is None:
            return None
        relaxed = Relaxed(self.network, self.alphas)
        return evaluate(relaxed, self.clean_validation, self.device, self.settings.precision)

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)

    def _training_loss(self, batch: Batch, mixing: tuple[Tensor, Tensor]) -> tuple[Tensor, Metrics]:
        """Return the mean loss of a batch, and its metrics."""
        images, labels = batch
        metrics = batch_metrics(self._logits(images, mixing), labels)
        loss = metrics["loss"] / len(labels)
        assert isinstance(loss, Tensor)
        return loss, metrics

    def _logits(self, images: Tensor, mixing: tuple[Tensor, Tensor]) -> Tensor:
        with autocast(self.device, self.settings.precision):
            logits: Tensor = self.network(images, *mixing)
        return logits.float()


class OneLevelTask(SupernetTask):
    """One stage of a one-level search, an `EpochTask`. Each step has one backward pass."""

    def step(self, epoch: int, step: int) -> Metrics:
        """Update the weights and the alphas with the gradient of one training loss."""
        loss, metrics = self._training_loss(self.training.at(epoch, step), self.alphas())
        backward(loss, self.weight_optimizer, self.alpha_optimizer)
        clip_and_step(self.weight_optimizer, self.settings.weights.gradient_clip)
        clip_and_step(self.alpha_optimizer, self.settings.architecture.gradient_clip)
        return metrics
