"""Sample images of a dataset, before and after each transform."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from naseval.data.batches import Batches
from naseval.data.images import ImageSet, LargeImages, SmallImages
from naseval.data.splits import read_split
from naseval.data.store import IMAGE_FILES, read_array, read_channels, read_encoded
from naseval.data.transforms import Transform, test_transform, training_transform
from naseval.settings.dataset import Channels, ImageSettings

COLUMNS = 10  # one image each of up to ten classes
CUTOUT = 16  # pixels; paper, appendix A.1
SEED = 0


class Stage(NamedTuple):
    """The sample images after one transform."""

    title: str
    images: NDArray[np.float64]
    """(N, S, S, 3), values in [0, 1]."""


def stages(folder: Path, dataset: ImageSettings) -> list[Stage]:
    """Return the first training image of up to ten classes, after each transform."""
    images, channels = _first_of_classes(folder, dataset), read_channels(folder)
    train = training_transform(dataset, channels)
    auto = training_transform(dataset, channels, autoaugment=True)
    cutout = training_transform(dataset, channels, cutout=CUTOUT)
    return [
        Stage("as stored", _stored(images, dataset.image_size)),
        Stage("test", _transformed(images, test_transform(dataset, channels), channels)),
        Stage("training", _transformed(images, train, channels)),
        Stage("training, next epoch", _transformed(images, train, channels, epoch=1)),
        Stage("+ AutoAugment", _transformed(images, auto, channels)),
        Stage("+ cutout", _transformed(images, cutout, channels)),
    ]


def _first_of_classes(folder: Path, dataset: ImageSettings) -> ImageSet:
    samples, labels = read_split(folder, ("train",))
    _, first = np.unique(labels, return_index=True)
    chosen = np.sort(first[:COLUMNS])  # stored images are read in ascending order
    samples, labels = samples[chosen], labels[chosen]
    keys = torch.tensor(labels), torch.tensor(samples)
    if dataset.images == "large":
        path = folder / IMAGE_FILES["large"]
        return LargeImages(*keys, read_encoded(folder, samples), path)
    array = np.ascontiguousarray(read_array(folder)[samples].transpose(0, 3, 1, 2))
    return SmallImages(*keys, torch.from_numpy(array))


def _stored(images: ImageSet, size: int) -> NDArray[np.float64]:
    """Return the images without transforms. Large images are padded to a square."""
    pixels = images.pixels(torch.arange(len(images)))
    if isinstance(pixels, torch.Tensor):
        return pixels.permute(0, 2, 3, 1).double().numpy() / 255
    fitted = [ImageOps.pad(image, (size, size), Image.Resampling.BILINEAR) for image in pixels]
    return np.stack([np.asarray(image) for image in fitted]) / 255


def _transformed(
    images: ImageSet, transform: Transform, channels: Channels, epoch: int = 0
) -> NDArray[np.float64]:
    batches = Batches(
        images,
        batch_size=len(images),
        transform=transform,
        seed=SEED,
        purpose="samples",
        shuffle=False,
    )
    pixels, _ = batches.at(epoch, 0)
    colours = pixels.permute(0, 2, 3, 1).double().numpy() * channels.std + channels.mean
    clipped: NDArray[np.float64] = colours.clip(0, 1)
    return clipped
