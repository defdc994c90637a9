"""Made-up data whose batches cost nothing: every step reads the same one."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from naseval.settings.dataset import ImageSettings

CLASSES = 10


@dataclass(frozen=True)
class NoiseData:
    """Stands for `TrainingData`."""

    side: int
    device: torch.device
    memory_format: torch.memory_format
    dtype: torch.dtype = torch.float32
    workers: int = 0
    classes: int = CLASSES

    @property
    def dataset(self) -> ImageSettings:
        """The images' size and number of classes."""
        return ImageSettings(images="small", image_size=self.side, classes=CLASSES)

    def batches(self, part: str, *, batch_size: int, **_options: Any) -> "NoiseBatches":
        """Return the batches of a part, whose images are its own."""
        generator = torch.Generator().manual_seed(len(part))
        images = torch.randn(batch_size, 3, self.side, self.side, generator=generator)
        labels = torch.randint(CLASSES, (batch_size,), generator=generator)
        images = images.to(self.device, self.dtype).contiguous(memory_format=self.memory_format)
        return NoiseBatches(images, labels.to(self.device))


@dataclass(frozen=True)
class NoiseBatches:
    """One batch, over and over."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        """Return a number of steps."""
        return 1

    def at(self, _epoch: int, _step: int) -> tuple[Tensor, Tensor]:
        """Return images (B, 3, S, S) and labels (B,)."""
        return self.images, self.labels
