"""Bilevel training of a supernet: alphas on validation batches, weights on training batches."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods._gradient.alphas import Alphas
from naseval.methods._gradient.task import Batch, Settings, SupernetTask
from naseval.methods._gradient.unrolled import Loss, gradient
from naseval.methods._supernet.supernet import Supernet
from naseval.training.metrics import Metrics
from naseval.training.optimizers import backward_and_step, clip_and_step

ArchitectureGradient = Callable[[Loss, Loss, Optimizer, Sequence[Tensor]], list[Tensor]]
"""Maps (training loss, validation loss, weight optimizer, alphas) to the alphas' gradients."""


def first_order_gradient(
    _training_loss: Loss, validation_loss: Loss, _optimizer: Optimizer, alphas: Sequence[Tensor]
) -> list[Tensor]:
    """Return the gradient of the validation loss at the current weights."""
    return gradient(validation_loss(), alphas)


@contextmanager
def frozen_statistics(network: nn.Module) -> Iterator[None]:
    """Keep the running statistics of batch normalisation unchanged during the block.

    It is used for forward passes with virtual weights, and for batches from which the alphas learn.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    try:
        for norm in norms:
            norm.momentum = 0.0
        yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


class BilevelTask(SupernetTask):
    """One stage of a bilevel search, an `EpochTask`.

    `network` (a `Supernet`) and `alphas` are on the data's device. `derive` maps the alphas to a
    genotype. In the first `warm_up` epochs only the weights are trained. If there are fewer
    validation batches than training batches, validation batches are reused.
    """

    def __init__(
        self,
        network: Supernet,
        alphas: Alphas,
        data: TrainingData,
        settings: Settings,
        *,
        seed: int,
        derive: Callable[[Alphas], Genotype],
        architecture_gradient: ArchitectureGradient = first_order_gradient,
        cutout: int = 0,
        warm_up: int = 0,
        stage: int = 1,
    ) -> None:
        super().__init__(
            network,
            alphas,
            data,
            settings,
            seed=seed,
            part="train",
            derive=derive,
            cutout=cutout,
            stage=stage,
        )
        self.architecture_gradient, self.warm_up = architecture_gradient, warm_up
        self.validation = data.batches(
            "validation", batch_size=settings.batch_size, seed=seed, cutout=cutout
        )

    def step(self, epoch: int, step: int) -> Metrics:
        """Update the alphas, then the weights with the new alphas."""
        batch = self.training.at(epoch, step)
        if epoch >= self.warm_up:
            self._move_alphas(batch, self.validation.at(epoch, step % len(self.validation)))
        return self._move_weights(batch)

    def _move_alphas(self, training: Batch, validation: Batch) -> None:
        alphas = list(self.alphas.parameters())
        with frozen_statistics(self.network):
            slopes = self.architecture_gradient(
                partial(self._loss, *training),
                partial(self._loss, *validation),
                self.weight_optimizer,
                alphas,
            )
        for alpha, slope in zip(alphas, slopes, strict=True):
            alpha.grad = slope
        clip_and_step(self.alpha_optimizer, self.settings.architecture.gradient_clip)

    def _move_weights(self, batch: Batch) -> Metrics:
        with torch.no_grad():
            mixing = self._mixing()
        loss, metrics = self._training_loss(batch, mixing)
        backward_and_step(loss, self.weight_optimizer, self.settings.weights.gradient_clip)
        return metrics

    def _mixing(self) -> tuple[Tensor, Tensor]:
        """Return the mixing weights with which the weights are trained."""
        mixing: tuple[Tensor, Tensor] = self.alphas()
        return mixing

    def _loss(self, images: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(self._logits(images, self.alphas()), labels)
