"""The images of a dataset's parts, loaded for training."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import torch
from PIL import Image
from torch import Tensor

from naseval.data.decoding import decode
from naseval.data.image_cache import ImageCache, Pixels, open_cache
from naseval.data.splits import read_split
from naseval.data.store import (
    IMAGE_FILES,
    check_images,
    count_images,
    read_array,
    read_encoded,
)
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
    cache: ImageCache | None = None
    """Where decoded images are kept. None: each is decoded whenever it is needed."""

    def pixels(self, positions: Tensor) -> list[Image.Image]:
        """Return the images at `positions` (B,), decoded to RGB."""
        if self.cache is None:
            return [self._decode(position) for position in positions.tolist()]
        kept = self.cache.decoded(decode)
        return [
            Image.fromarray(kept.get(sample, partial(self._array, position)))
            for sample, position in self._numbered(positions)
        ]

    def cropped(self, positions: Tensor, crop: Callable[[Any], Tensor]) -> Tensor:
        """Return the images at `positions` (B,) after `crop`, a transform without randomness.

        The result is uint8 (B, 3, S, S).
        """
        kept = self.cache and self.cache.crops(crop)
        makers = [
            (sample, partial(self._crop, position, crop))
            for sample, position in self._numbered(positions)
        ]
        crops = [kept.get(sample, make) if kept else make() for sample, make in makers]
        return torch.from_numpy(np.stack(crops))

    def _array(self, position: int) -> Pixels:
        return np.asarray(self._decode(position))

    def _crop(self, position: int, crop: Callable[[Any], Tensor]) -> Pixels:
        pixels: Pixels = crop(self._decode(position)).numpy()
        return pixels

    def _numbered(self, positions: Tensor) -> list[tuple[int, int]]:
        """Return (sample, position) of each image."""
        return list(zip(self.samples[positions].tolist(), positions.tolist(), strict=True))

    def _decode(self, position: int) -> Image.Image:
        try:
            return decode(self.encoded[position].as_buffer())
        except OSError as error:
            sample = int(self.samples[position])
            raise NasevalError(
                f"{self.path}: image {sample} cannot be decoded ({error}); "
                "delete the file and run again"
            ) from error

    def to(self, device: torch.device) -> Self:
        """Return the same images with their labels on `device`."""
        labels, samples = self.labels.to(device), self.samples.to(device)
        return replace(self, labels=labels, samples=samples)

    def joined(self, other: Self) -> Self:
        """Return these images followed by those of `other`."""
        return type(self)(
            torch.cat([self.labels, other.labels]),
            torch.cat([self.samples, other.samples]),
            pa.chunked_array([*self.encoded.chunks, *other.encoded.chunks], pa.large_binary()),
            self.path,
            self.cache,
        )


def load_images(
    folder: Path, dataset: ImageSettings, splits: Sequence[str], device: torch.device
) -> ImageSet:
    """Load the images of the parts `splits`, from `train`, `validation` and `test`.

    Raise `NasevalError` if a file is missing or damaged or does not fit the settings.
    """
    samples, labels = read_split(folder, splits)
    path, count = folder / IMAGE_FILES[dataset.images], count_images(folder, dataset.images)
    if samples[-1] >= count:
        raise NasevalError(f"{path} holds fewer images than its splits; delete it and run again")
    check_images(folder, dataset.images)
    if labels.max() >= dataset.classes:
        raise NasevalError(
            f"{path} has images of {labels.max() + 1} classes or more; "
            f"set the dataset's classes, {dataset.classes} now, to that"
        )
    keys = torch.tensor(labels, device=device), torch.tensor(samples, device=device)
    if dataset.images == "large":
        cache = open_cache(path, count, dataset.image_size)
        return LargeImages(*keys, read_encoded(folder, samples), path, cache)
    array = read_array(folder)
    if array.shape[1:3] != (dataset.image_size, dataset.image_size):
        raise NasevalError(
            f"{path} holds images of {array.shape[1]}×{array.shape[2]} pixels, not the dataset's "
            f"image_size, {dataset.image_size}; delete it and run again"
        )
    pixels = torch.from_numpy(np.ascontiguousarray(array[samples].transpose(0, 3, 1, 2)))
    return SmallImages(*keys, pixels.to(device))
