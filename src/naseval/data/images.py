"""The images of a dataset's parts, loaded for training."""

import io
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import torch
from PIL import Image
from torch import Tensor

from naseval.data.splits import read_split
from naseval.data.store import IMAGE_FILES, count_images, read_array, read_encoded
from naseval.errors import NasevalError
from naseval.settings.dataset import ImageSettings


@dataclass(frozen=True, eq=False)
class ImageSet(ABC):
    """N labelled images. `labels` and `samples` are on the training device."""

    labels: Tensor
    """(N,) int64."""
    samples: Tensor
    """(N,) int64, indices in the stored images. They key the randomness of each image."""

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    @property
    def device(self) -> torch.device:
        """Device of the batches."""
        return self.labels.device

    @abstractmethod
    def pixels(self, positions: Tensor) -> Tensor | list[Image.Image]:
        """Return the images at `positions` (B,): uint8 (B, 3, H, W) if small, decoded if large."""

    @abstractmethod
    def to(self, device: torch.device) -> Self:
        """Return the same images on `device`."""

    @abstractmethod
    def joined(self, other: Self) -> Self:
        """Return these images followed by those of `other`."""


@dataclass(frozen=True, eq=False)
class SmallImages(ImageSet):
    """Images of one size, stored on the device."""

    array: Tensor
    """uint8 (N, 3, H, W)."""

    def pixels(self, positions: Tensor) -> Tensor:
        """Return uint8 (B, 3, H, W), on the device of the images."""
        return self.array[positions]

    def to(self, device: torch.device) -> Self:
        """Return the same images on `device`."""
        return type(self)(self.labels.to(device), self.samples.to(device), self.array.to(device))

    def joined(self, other: Self) -> Self:
        """Return these images followed by those of `other`."""
        return type(self)(
            torch.cat([self.labels, other.labels]),
            torch.cat([self.samples, other.samples]),
            torch.cat([self.array, other.array]),
        )


@dataclass(frozen=True, eq=False)
class LargeImages(ImageSet):
    """Images of any size, encoded in main memory, which forked workers share."""

    encoded: pa.ChunkedArray
    """N binary values."""
    path: Path
    """The file of the images, for error messages."""

    def pixels(self, positions: Tensor) -> list[Image.Image]:
        """Return the images at `positions` (B,), decoded to RGB."""
        return [self._decoded(position) for position in positions.tolist()]

    def _decoded(self, position: int) -> Image.Image:
        try:
            return Image.open(io.BytesIO(self.encoded[position].as_buffer())).convert("RGB")
        except OSError as error:
            sample = int(self.samples[position])
            raise NasevalError(
                f"{self.path}: image {sample} cannot be decoded ({error}); "
                "delete the file and run again"
            ) from error

    def to(self, device: torch.device) -> Self:
        """Return the same images with their labels on `device`."""
        labels, samples = self.labels.to(device), self.samples.to(device)
        return type(self)(labels, samples, self.encoded, self.path)

    def joined(self, other: Self) -> Self:
        """Return these images followed by those of `other`."""
        return type(self)(
            torch.cat([self.labels, other.labels]),
            torch.cat([self.samples, other.samples]),
            pa.chunked_array([*self.encoded.chunks, *other.encoded.chunks], pa.large_binary()),
            self.path,
        )


def load_images(
    folder: Path, dataset: ImageSettings, splits: Sequence[str], device: torch.device
) -> ImageSet:
    """Load the images of the parts `splits`, from `train`, `validation` and `test`.

    Raise `NasevalError` if a file is missing or damaged or does not fit the settings.
    """
    samples, labels = read_split(folder, splits)
    path = folder / IMAGE_FILES[dataset.images]
    if samples[-1] >= count_images(folder, dataset.images):
        raise NasevalError(f"{path} holds fewer images than its splits; delete it and run again")
    if labels.max() >= dataset.classes:
        raise NasevalError(
            f"{path} has images of {labels.max() + 1} classes or more; "
            f"set the dataset's classes, {dataset.classes} now, to that"
        )
    keys = torch.tensor(labels, device=device), torch.tensor(samples, device=device)
    if dataset.images == "large":
        return LargeImages(*keys, read_encoded(folder, samples), path)
    array = read_array(folder)
    if array.shape[1:3] != (dataset.image_size, dataset.image_size):
        raise NasevalError(
            f"{path} holds images of {array.shape[1]}×{array.shape[2]} pixels, not the dataset's "
            f"image_size, {dataset.image_size}; delete it and run again"
        )
    pixels = torch.from_numpy(np.ascontiguousarray(array[samples].transpose(0, 3, 1, 2)))
    return SmallImages(*keys, pixels.to(device))
