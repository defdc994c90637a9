"""The images for training, validation and test in searches and augmentations."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from naseval.data.batches import Batches
from naseval.data.images import ImageSet, load_images
from naseval.data.prefetch import Step, Workers
from naseval.data.store import read_channels
from naseval.data.transforms import Transform, chosen_transform
from naseval.errors import NasevalError
from naseval.settings.dataset import Channels, ImageSettings

Part = Literal["train", "validation", "all", "test"]


@dataclass(frozen=True)
class Recipe:
    """The arguments of `TrainingData.batches`, by which worker processes know the batches."""

    part: Part
    batch_size: int
    seed: int
    random_transforms: bool
    cutout: int
    autoaugment: bool
    shuffle: bool


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Parts of a dataset's images, in batches.

    A search has the parts `train`, `validation` and `all`, which is both of them. It has no test
    images. An augmentation has `train`, which is all images except the test images, and `test`.
    """

    dataset: ImageSettings
    channels: Channels
    parts: Mapping[str, ImageSet]
    purpose: Literal["search", "augmentation"] = "search"
    """Part of the names of the batches' random streams, e.g. `search train`."""
    workers: int = 0
    """Number of processes that prepare the batches of all parts (see `Batches`)."""

    @property
    def classes(self) -> int:
        """The number of classes."""
        return self.dataset.classes

    @property
    def device(self) -> torch.device:
        """Device of the batches."""
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
        only_first_steps: bool = False,
    ) -> Batches:
        """Return batches of a part.

        Parameters
        ----------
        part : str
            `train`, `validation`, `all` or `test`.
        batch_size, seed : int
            Images per batch, and the seed of their order and transforms.
        random_transforms, shuffle : bool, optional
            If true, images get the random transforms of training, and every epoch has its own
            order, without a last batch of one image. Both default to true, except for the part
            `test`.
        cutout : int
            Side of the square that cutout removes, in pixels; 0: none.
        autoaugment : bool
            If true, AutoAugment is one of the random transforms.
        only_first_steps : bool
            If true, only the first step of each epoch is read: every batch has a new order.

        Raises
        ------
        NasevalError
            If the data has no such part.

        """
        training = part != "test"
        recipe = Recipe(
            part,
            batch_size=batch_size,
            seed=seed,
            random_transforms=training if random_transforms is None else random_transforms,
            cutout=cutout,
            autoaugment=autoaugment,
            shuffle=training if shuffle is None else shuffle,
        )
        return self._made(recipe, only_first_steps)

    def _made(self, recipe: Recipe, only_first_steps: bool = False) -> Batches:
        """Return the batches of a recipe."""
        return Batches(
            self._images(recipe.part),
            batch_size=recipe.batch_size,
            transform=self._transform(recipe),
            seed=recipe.seed,
            purpose=f"{self.purpose} {recipe.part}",
            shuffle=recipe.shuffle,
            only_first_steps=only_first_steps,
            workers=self._pool if self.workers else None,
            recipe=recipe,
        )

    def _transform(self, recipe: Recipe) -> Transform:
        return chosen_transform(
            self.dataset,
            self.channels,
            random_transforms=recipe.random_transforms,
            cutout=recipe.cutout,
            autoaugment=recipe.autoaugment,
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

    @cached_property
    def _pool(self) -> Workers:
        """The worker processes. They start with the first batch that they are to prepare."""
        host = torch.device("cpu")
        parts = {name: images.to(host) for name, images in self.parts.items()}
        return Workers(
            partial(_prepare, replace(self, parts=parts, workers=0)),
            count=self.workers,
            pin_memory=self.device.type == "cuda",
        )


def _prepare(data: TrainingData, recipe: Recipe, step: Step) -> Tensor:
    return _batches(data, recipe).prepared(step)


@lru_cache(maxsize=8)  # a search reads a few at once
def _batches(data: TrainingData, recipe: Recipe) -> Batches:
    return data._made(recipe)


def load_search_data(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int = 0
) -> TrainingData:
    """Load `train` and `validation`. A search has no test images.

    Raise `NasevalError` if a file in `folder` is missing or damaged, or a part has but one image.
    """
    parts = {
        name: load_images(folder, dataset, (name,), device) for name in ("train", "validation")
    }
    for name, images in parts.items():
        if len(images) == 1:
            raise NasevalError(
                f"{folder} has one image in the part {name}, and a search needs 2 at once; raise "
                f"the share split.{name} of the dataset, or add images"
            )
    return TrainingData(dataset, read_channels(folder), parts, "search", workers)


def load_augmentation_data(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int = 0
) -> TrainingData:
    """Load `train`, which includes the validation images, and `test`.

    Raise `NasevalError` if a file in `folder` is missing or damaged.
    """
    parts = {
        "train": load_images(folder, dataset, ("train", "validation"), device),
        "test": load_images(folder, dataset, ("test",), device),
    }
    return TrainingData(dataset, read_channels(folder), parts, "augmentation", workers)
