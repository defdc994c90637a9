"""Augmentation: training of a genotype's network from scratch, with a test after each epoch.

Source of the recipe: paper, appendix A.1 and section 4.
"""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from naseval import schemas
from naseval.data.training_data import TrainingData
from naseval.errors import NasevalError
from naseval.networks.drop_path import ramp, set_drop_path
from naseval.settings.protocol import Protocol
from naseval.training.device import arithmetic, autocast, peak_memory
from naseval.training.history import Row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics, averages, evaluate
from naseval.training.optimizers import (
    backward_and_step,
    build_optimizer,
    learning_rate,
    set_learning_rate,
)
from naseval.training.side_by_side import at_once


def augment(
    network: nn.Module, data: TrainingData, protocol: Protocol, *, seed: int, loop: Loop
) -> list[Row]:
    """Train `network` and return one row of `schemas.RUN` per epoch.

    The network must be initialised and on the data's device. `train_loss` is the minimised loss,
    including auxiliary tower and label smoothing. `test_loss` is the plain cross-entropy. Both are
    means per image.

    Raise `Interrupted` and `Diverged`, which has the rows before (see `Loop.run`).
    """
    task = AugmentationTask(network, data, protocol, seed)
    with arithmetic(protocol.precision):
        return loop.run(
            task,
            epochs=protocol.epochs,
            steps=len(task.training),
            parts={"network": network, "optimizer": task.optimizer},
            stream_names=(seed, "augment"),
            schema=schemas.RUN,
        )


def training_loss(
    logits: Tensor, auxiliary_logits: Tensor | None, labels: Tensor, protocol: Protocol
) -> Tensor:
    """Return the mean loss of a batch from logits (N, classes), tower logits and labels (N,)."""
    smoothing = protocol.label_smoothing
    loss = F.cross_entropy(logits.float(), labels, label_smoothing=smoothing)
    if auxiliary_logits is None:
        return loss
    auxiliary = F.cross_entropy(auxiliary_logits.float(), labels, label_smoothing=smoothing)
    return loss + protocol.auxiliary_weight * auxiliary


def train_batch(
    network: nn.Module, images: Tensor, labels: Tensor, optimizer: Optimizer, protocol: Protocol
) -> Metrics:
    """Take one optimizer step on images (N, 3, S, S) and labels (N,); return the metrics.

    A batch of one image is skipped, because the auxiliary tower normalises maps of 1x1 pixels, and
    one value has no variance. This is the last batch if the number of images is one more than a
    multiple of the batch size.
    """
    if len(labels) == 1:
        return {}
    with autocast(images.device, protocol.precision):
        logits, auxiliary_logits = network(images)
    loss = training_loss(logits, auxiliary_logits, labels, protocol)
    backward_and_step(loss, optimizer, protocol.optimizer.gradient_clip)
    correct = (logits.argmax(1) == labels).sum()
    return {"images": len(labels), "loss": loss * len(labels), "correct": correct}


class AugmentationTask:
    """The `EpochTask` of `augment`."""

    def __init__(
        self, network: nn.Module, data: TrainingData, protocol: Protocol, seed: int
    ) -> None:
        self.network, self.protocol, self.device = network, protocol, data.device
        self.training = data.batches(
            "train",
            batch_size=protocol.batch_size,
            seed=seed,
            cutout=protocol.cutout,
            autoaugment=protocol.autoaugment,
        )
        self.test = data.batches("test", batch_size=protocol.test_batch_size, seed=seed)
        self.optimizer = build_optimizer(network.parameters(), protocol.optimizer)

    def begin(self, epoch: int) -> None:
        """Set the learning rate, the drop-path probability and training mode."""
        set_learning_rate(self.optimizer, self._learning_rate(epoch))
        set_drop_path(self.network, self._drop_path(epoch))
        self.network.train()

    def step(self, epoch: int, step: int) -> Metrics:
        """Train one batch."""
        images, labels = self.training.at(epoch, step)
        return train_batch(self.network, images, labels, self.optimizer, self.protocol)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Test the network and return the row of `schemas.RUN`."""
        if not totals.get("images"):
            raise NasevalError(
                "there is one training image, and training needs 2 at once; raise the shares of "
                "the dataset's split, or add images"
            )
        test = evaluate(self.network, self.test, self.device, self.protocol.precision)
        return {
            "epoch": epoch + 1,
            **averages(totals, "train"),
            **averages(test, "test"),
            "learning_rate": self._learning_rate(epoch),
            "drop_path": self._drop_path(epoch),
            "images_per_second": totals["images"] / totals["seconds"],
            "peak_memory": peak_memory(self.device),
            "at_once": at_once(),
        }

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.protocol.optimizer, epoch, self.protocol.epochs)

    def _drop_path(self, epoch: int) -> float:
        return ramp(epoch, self.protocol.epochs, self.protocol.drop_path)
