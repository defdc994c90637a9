"""What searches and final trainings train, validate and test on."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import torch

from naseval.data.batches import Batches
from naseval.data.channels import read_channels
from naseval.data.images import ImageSet, load_images
from naseval.data.transforms import chosen_transform
from naseval.settings.dataset import Channels, ImageSettings


@dataclass(frozen=True)
class SearchData:
    """The train and validation images of a dataset; test images have no place in a search."""

    dataset: ImageSettings
    channels: Channels
    train: ImageSet
    validation: ImageSet
    workers: int = 0

    @property
    def classes(self) -> int:
        """The number of classes."""
        return self.dataset.classes

    @property
    def device(self) -> torch.device:
        """Where batches come to lie."""
        return self.train.device

    def batches(
        self,
        part: Literal["train", "validation", "all"],
        *,
        batch_size: int,
        seed: int,
        augmented: bool = True,
        cutout: int = 0,
        shuffle: bool = True,
    ) -> Batches:
        """Return batches of a part, or of both; `augmented`: with the random transforms."""
        images = {"train": self.train, "validation": self.validation}.get(part)
        return Batches(
            self._all if images is None else images,
            batch_size=batch_size,
            transform=chosen_transform(
                self.dataset, self.channels, augmented=augmented, cutout=cutout
            ),
            seed=seed,
            purpose=f"search {part}",
            shuffle=shuffle,
            workers=self.workers,
        )

    @cached_property
    def _all(self) -> ImageSet:
        return self.train.joined(self.validation)


def load_search_data(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int = 0
) -> SearchData:
    """Load a dataset's folder; `NasevalError` names what is missing or damaged there."""
    return SearchData(
        dataset,
        read_channels(folder),
        load_images(folder, dataset, ("train",), device),
        load_images(folder, dataset, ("validation",), device),
        workers,
    )


@dataclass(frozen=True)
class AugmentationData:
    """The images of a dataset: train and validation together, and test."""

    dataset: ImageSettings
    channels: Channels
    train: ImageSet
    test: ImageSet
    workers: int = 0

    @property
    def classes(self) -> int:
        """The number of classes."""
        return self.dataset.classes

    @property
    def device(self) -> torch.device:
        """Where batches come to lie."""
        return self.train.device

    def batches(
        self,
        part: Literal["train", "test"],
        *,
        batch_size: int,
        seed: int,
        augmented: bool | None = None,
        cutout: int = 0,
        autoaugment: bool = False,
        shuffle: bool | None = None,
    ) -> Batches:
        """Return batches of a part; None: as training images need it, or as test images do."""
        training = part == "train"
        return Batches(
            self.train if training else self.test,
            batch_size=batch_size,
            transform=chosen_transform(
                self.dataset,
                self.channels,
                augmented=training if augmented is None else augmented,
                cutout=cutout,
                autoaugment=autoaugment,
            ),
            seed=seed,
            purpose=f"augmentation {part}",
            shuffle=training if shuffle is None else shuffle,
            workers=self.workers,
        )


def load_augmentation_data(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int = 0
) -> AugmentationData:
    """Load a dataset's folder; `NasevalError` names what is missing or damaged there."""
    return AugmentationData(
        dataset,
        read_channels(folder),
        load_images(folder, dataset, ("train", "validation"), device),
        load_images(folder, dataset, ("test",), device),
        workers,
    )
