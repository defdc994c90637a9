"""Training a supernet whose operations are mixed by alphas: all but the step."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from torch import Tensor, nn

from naseval.data.training_data import SearchData
from naseval.genotype import Genotype
from naseval.methods._gradient.alphas import Alphas
from naseval.settings.base import ArchitectureOptimizer
from naseval.settings.base import Optimizer as OptimizerSettings
from naseval.training.checkpoint import Stateful
from naseval.training.device import autocast, peak_memory
from naseval.training.loop import Row
from naseval.training.metrics import Sums, evaluate, sums
from naseval.training.optimizers import (
    build_optimizer,
    clip_gradients,
    learning_rate,
    set_learning_rate,
)

Batch = tuple[Tensor, Tensor]


class Settings(Protocol):
    """What a gradient search is told; every epoch count is that of one stage."""

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
    """A supernet mixed by its alphas; like an evaluation network it returns (logits, None)."""

    def __init__(self, network: nn.Module, alphas: Alphas) -> None:
        super().__init__()
        self.network = network
        self.alphas = alphas

    def forward(self, images: Tensor) -> tuple[Tensor, None]:
        """Map images (B, 3, S, S) to logits (B, classes)."""
        return self.network(images, *self.alphas()), None


class SupernetTask(ABC):
    """One stage of a gradient search, an `EpochTask` but for its `step`.

    `network` (a `Supernet`) and `alphas` lie on the data's device. `derive` names the genotype
    that the alphas stand for. The weights are trained on `part`; where that leaves no validation
    images, the history has no validation.
    """

    def __init__(
        self,
        network: nn.Module,
        alphas: Alphas,
        data: SearchData,
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
            data.batches("validation", batch_size=size, seed=seed, augmented=False, shuffle=False)
            if part == "train"
            else None
        )

    @property
    def steps(self) -> int:
        """Steps per epoch."""
        return len(self.training)

    @property
    def parts(self) -> dict[str, Stateful]:
        """Everything that training changes."""
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
    def step(self, epoch: int, step: int) -> Sums:
        """Train one step and return its sums."""

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`; validation is on untransformed images."""
        row = {
            "stage": self.stage,
            "epoch": epoch + 1,
            "train_loss": totals["loss"] / totals["images"],
            "train_accuracy": 100 * totals["correct"] / totals["images"],
            "learning_rate": self._learning_rate(epoch),
            "entropy": self.alphas.entropy(),
            "genotype": self.derive(self.alphas).to_json(),
        }
        return {**row, **self._validated(), "peak_memory": peak_memory(self.device)}

    def _validated(self) -> Row:
        if self.clean_validation is None:
            return {}
        relaxed = Relaxed(self.network, self.alphas)
        tested = evaluate(relaxed, self.clean_validation, self.device, self.settings.precision)
        return {
            "validation_loss": tested["loss"] / tested["images"],
            "validation_accuracy": 100 * tested["correct"] / tested["images"],
        }

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)

    def _descend(self, batch: Batch, mixing: tuple[Tensor, Tensor]) -> Sums:
        """Move the weights; the gradient reaches the alphas where `mixing` depends on them."""
        images, labels = batch
        self.weight_optimizer.zero_grad()
        totals = sums(self._logits(images, mixing), labels)
        loss = totals["loss"] / len(labels)
        assert isinstance(loss, Tensor)
        loss.backward()
        clip_gradients(self.network.parameters(), self.settings.weights)
        self.weight_optimizer.step()
        return totals

    def _logits(self, images: Tensor, mixing: tuple[Tensor, Tensor]) -> Tensor:
        with autocast(self.device, self.settings.precision):
            logits: Tensor = self.network(images, *mixing)
        return logits.float()


class OneLevelTask(SupernetTask):
    """One stage of a one-level search, an `EpochTask`: one pass per step moves everything."""

    def step(self, epoch: int, step: int) -> Sums:
        """Move the weights and the alphas by the gradient of one training loss."""
        self.alpha_optimizer.zero_grad()
        totals = self._descend(self.training.at(epoch, step), self.alphas())
        clip_gradients(self.alphas.parameters(), self.settings.architecture)
        self.alpha_optimizer.step()
        return totals
