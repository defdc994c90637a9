"""The order of images in batches, and the random numbers of their transforms."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from naseval.data.transfer import to_device
from naseval.randomness import stream

ROW, COLUMN, FLIP, CUTOUT_ROW, CUTOUT_COLUMN = range(5)
DRAWS = 5


@dataclass(frozen=True, eq=False)
class Batch:
    """B images and the random numbers of their transforms."""

    positions: Tensor
    """(B,) int64, indices in the `ImageSet`."""
    samples: Tensor
    """(B,) int64, indices in the stored images."""
    uniform: Tensor
    """(B, 5) float32 in [0, 1): crop row and column, flip, cutout row and column."""
    key: tuple[int, str, int]
    """Seed, purpose and epoch. Together with a sample, it names the image's own stream."""


class BatchOrder:
    """The batches of all epochs. Each batch is a pure function of (seed, purpose, epoch, step).

    If images are shuffled, which is for training, a last batch of one image is left out: one value
    has no variance, so batch normalisation cannot train with feature maps of 1x1 pixels. It is
    another image in every epoch.
    """

    def __init__(
        self,
        samples: Tensor,
        *,
        batch_size: int,
        seed: int,
        purpose: str,
        shuffle: bool,
        random: bool,
    ) -> None:
        self.samples = samples
        self.batch_size = batch_size
        self.seed = seed
        self.purpose = purpose
        self.shuffle = shuffle
        self.same_every_epoch = not (shuffle or random)
        full, rest = divmod(len(samples), batch_size)
        self._steps = full + (rest > 0 if not (shuffle and full) else rest > 1)
        self._table_rows = int(samples.max()) + 1
        self._epoch: tuple[int, Tensor, Tensor] | None = None

    def __len__(self) -> int:
        """Return the number of steps per epoch. The last batch may be incomplete."""
        return self._steps

    def at(self, epoch: int, step: int) -> Batch:
        """Return the batch of a step. Raise `IndexError` if the epoch has no such step."""
        if not 0 <= step < len(self):
            raise IndexError(f"an epoch has the steps 0 to {len(self) - 1}, not {step}")
        epoch = self.canonical(epoch)
        order, table = self._drawn(epoch)
        positions = order[step * self.batch_size : (step + 1) * self.batch_size]
        samples = self.samples[positions]
        return Batch(positions, samples, table[samples], (self.seed, self.purpose, epoch))

    def canonical(self, epoch: int) -> int:
        """Return the epoch, or 0 if all epochs are the same."""
        return 0 if self.same_every_epoch else epoch

    def next_step(self, epoch: int, step: int) -> tuple[int, int]:
        """Return the next (epoch, step) in sequential reading."""
        if step + 1 < len(self):
            return epoch, step + 1
        return self.canonical(epoch + 1), 0

    def _drawn(self, epoch: int) -> tuple[Tensor, Tensor]:
        if self._epoch is None or self._epoch[0] != epoch:
            device = self.samples.device
            order = np.arange(len(self.samples))
            if self.shuffle:
                order = stream(self.seed, self.purpose, "order", epoch).permutation(order)
            draws = stream(self.seed, self.purpose, epoch)
            # Rows are drawn one after the other, so a sample's row does not depend on the table's
            # size.
            table = draws.random((self._table_rows, DRAWS), dtype=np.float32)
            self._epoch = (
                epoch,
                to_device(torch.from_numpy(order), device),
                to_device(torch.from_numpy(table), device),
            )
        return self._epoch[1:]
