"""The images that searches and augmentations train, validate and test on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import torch

from naseval.data.batches import Batches
from naseval.data.channels import read_channels
from naseval.data.images import ImageSet, load_images
from naseval.data.transforms import chosen_transform
from naseval.errors import NasevalError
from naseval.settings.dataset import Channels, ImageSettings

Part = Literal["train", "validation", "all", "test"]


@dataclass(frozen=True)
class TrainingData:
    """Parts of a dataset's images, in batches.

    A search has `train` and `validation`, and `all` is both of them; it has no test images. An
    augmentation has `train`, which is everything but the test images, and `test`.
    """

    dataset: ImageSettings
    channels: Channels
    parts: Mapping[str, ImageSet]
    purpose: Literal["search", "augmentation"] = "search"
    """The random streams of batches are named by purpose and part, e.g. `search train`."""
    workers: int = 0
    """Processes that prepare batches (see `Batches`)."""

    @property
    def classes(self) -> int:
        """The number of classes."""
        return self.dataset.classes

    @property
    def device(self) -> torch.device:
        """The device on which batches lie."""
        return self.parts["train"].device

    def batches(
        self,
        part: Part,
        *,
        batch_size: int,
        seed: int,
        random_transforms: bool | None = None,
        cutout: int = 0,
        autoaugment: bool = False,
        shuffle: bool | None = None,
    ) -> Batches:
        """Return batches of a part.

        Parameters
        ----------
        part : str
            `train`, `validation`, `all` or `test`.
        batch_size, seed : int
            Images per batch, and the seed of their order and transforms.
        random_transforms, shuffle : bool, optional
            Whether images get the random transforms of training, and whether every epoch has
            an order of its own. Both are true by default, but for the part `test`.
        cutout : int
            Side of the square that is cut out, in pixels; 0: none.
        autoaugment : bool
            Whether AutoAugment is one of the random transforms.

        """
        training = part != "test"
        return Batches(
            self._images(part),
            batch_size=batch_size,
            transform=chosen_transform(
                self.dataset,
                self.channels,
                random_transforms=training if random_transforms is None else random_transforms,
                cutout=cutout,
                autoaugment=autoaugment,
            ),
            seed=seed,
            purpose=f"{self.purpose} {part}",
            shuffle=training if shuffle is None else shuffle,
            workers=self.workers,
        )

    def _images(self, part: str) -> ImageSet:
        if part == "all":
            return self._joined
        if part not in self.parts:
            raise NasevalError(
                f"the images of the part {part!r} are not for this {self.purpose}; "
                f"use {' or '.join(self.parts)}"
            )
        return self.parts[part]

    @cached_property
    def _joined(self) -> ImageSet:
        return self._images("train").joined(self._images("validation"))


def load_search_data(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int = 0
) -> TrainingData:
    """Load `train` and `validation`; `NasevalError` names what is missing or damaged in `folder`.

    Test images have no place in a search.
    """
    parts = {
        name: load_images(folder, dataset, (name,), device) for name in ("train", "validation")
    }
    return TrainingData(dataset, read_channels(folder), parts, "search", workers)


def load_augmentation_data(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int = 0
) -> TrainingData:
    """Load `train`, which includes the validation images, and `test`.

    `NasevalError` names what is missing or damaged in `folder`.
    """
    parts = {
        "train": load_images(folder, dataset, ("train", "validation"), device),
        "test": load_images(folder, dataset, ("test",), device),
    }
    return TrainingData(dataset, read_channels(folder), parts, "augmentation", workers)
