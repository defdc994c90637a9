"""Image transforms.

Small training images: shift, flip, [AutoAugment], normalise, [cutout]. Large training images:
random resized crop, flip, [AutoAugment], colour jitter, normalise, [cutout]. Source: paper,
appendix A.1. The order, the hue jitter and a cutout that is not rescaled for large images follow
the authors' program.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from naseval.data.batch_order import COLUMN, CUTOUT_COLUMN, CUTOUT_ROW, FLIP, ROW, Batch
from naseval.randomness import torch_seed
from naseval.settings.dataset import Channels, ImageSettings

GREY = (128, 128, 128)  # fill colour of AutoAugment in the authors' program
JITTER = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.2}


@dataclass(frozen=True, eq=False)
class Transform:
    """A transform of images into batches, in two steps.

    `prepare` returns uint8 pixels and can run in workers. `finish` runs on the device.
    """

    mean: Tensor
    """(3, 1, 1), for pixels in [0, 1]."""
    std: Tensor
    padding: int = 0
    """Largest shift in pixels; 0: none."""
    flip: bool = False
    """If true, mirror half of the images. Only for small images; `each` mirrors large ones."""
    each: Callable[[Any], Tensor] | None = None
    """Transform of single images, which uses torch's global generator. None: no such transform."""
    cutout: int = 0
    """Side of the square that cutout removes, in pixels; 0: none."""
    random: bool = False
    """True if images differ from epoch to epoch."""

    def to(self, device: torch.device) -> "Transform":
        """Return the same transform, with the tensors of `finish` on `device`."""
        return replace(self, mean=self.mean.to(device), std=self.std.to(device))

    def prepare(self, pixels: Tensor | list[Image.Image], batch: Batch) -> Tensor:
        """Return the transformed pixels, uint8 (B, 3, S, S)."""
        if isinstance(pixels, Tensor) and (self.padding or self.flip):
            pixels = shift_and_flip(pixels, batch.uniform, self.padding, self.flip)
        if self.each is not None:
            return _image_by_image(self.each, pixels, batch)
        assert isinstance(pixels, Tensor)
        return pixels

    def finish(self, pixels: Tensor, uniform: Tensor) -> Tensor:
        """Normalise and apply cutout: uint8 (B, 3, S, S) to float32 (B, 3, S, S)."""
        normalised = pixels.to(torch.float32).div_(255).sub_(self.mean).div_(self.std)
        return cut_out(normalised, uniform, self.cutout) if self.cutout else normalised


def training_transform(
    dataset: ImageSettings, channels: Channels, *, cutout: int = 0, autoaugment: bool = False
) -> Transform:
    """Return the transform of training images. `cutout` is in pixels."""
    size = dataset.image_size
    policy = _policy() if autoaugment else None
    if dataset.images == "small":
        # Four pixels of 32, the convention for CIFAR, as in the authors' program.
        return Transform(
            *_statistics(channels),
            padding=round(4 * size / 32),
            flip=dataset.flip,
            each=policy,
            cutout=cutout,
            random=True,
        )
    from torchvision.transforms import v2  # importing it takes as long as importing torch

    mirror = v2.RandomHorizontalFlip() if dataset.flip else None
    steps = [v2.RandomResizedCrop(size), mirror, policy, v2.ColorJitter(**JITTER), v2.PILToTensor()]
    each = v2.Compose([step for step in steps if step is not None])
    return Transform(*_statistics(channels), each=each, cutout=cutout, random=True)


def _policy() -> Callable[[Any], Tensor]:
    """Return AutoAugment's policy for CIFAR-10."""
    from torchvision.transforms import v2

    policy: Callable[[Any], Tensor] = v2.AutoAugment(v2.AutoAugmentPolicy.CIFAR10, fill=list(GREY))
    return policy


def test_transform(dataset: ImageSettings, channels: Channels) -> Transform:
    """Return the transform of test images, without randomness."""
    return Transform(*_statistics(channels), each=central(dataset))


def chosen_transform(
    dataset: ImageSettings,
    channels: Channels,
    *,
    random_transforms: bool,
    cutout: int = 0,
    autoaugment: bool = False,
) -> Transform:
    """Return the training or the test transform. Only the training transform has options."""
    if random_transforms:
        return training_transform(dataset, channels, cutout=cutout, autoaugment=autoaugment)
    if cutout or autoaugment:
        raise ValueError("cutout and AutoAugment are random transforms; set random_transforms")
    return test_transform(dataset, channels)


def central(dataset: ImageSettings) -> Callable[[Image.Image], Tensor] | None:
    """Return the central crop of large images (224 of 256 pixels), or None for small images."""
    if dataset.images == "small":
        return None
    from torchvision.transforms import v2

    size = dataset.image_size
    crop: Callable[[Image.Image], Tensor] = v2.Compose(
        [v2.Resize(round(size * 256 / 224)), v2.CenterCrop(size), v2.PILToTensor()]
    )
    return crop


def shift_and_flip(pixels: Tensor, uniform: Tensor, padding: int, flip: bool) -> Tensor:
    """Pad images (B, 3, S, S) with zeros, crop them at random to S x S, and mirror half of them."""
    size = pixels.shape[-1]
    along = torch.arange(size, device=pixels.device)
    rows = _to_integers(uniform[:, ROW], 2 * padding + 1) + along
    columns = along.expand(len(pixels), -1)
    if flip:
        columns = torch.where(uniform[:, FLIP, None] < 0.5, columns.flip(1), columns)
    columns = _to_integers(uniform[:, COLUMN], 2 * padding + 1) + columns
    wide = size + 2 * padding
    source = (rows[:, :, None] * wide + columns[:, None, :]).flatten(1)
    padded = F.pad(pixels, (padding,) * 4).flatten(2)
    return padded.gather(2, source[:, None].expand(-1, 3, -1)).view_as(pixels)


def cut_out(pixels: Tensor, uniform: Tensor, length: int) -> Tensor:
    """Set a square in each image of (B, 3, H, W) to 0, in place.

    The square's centre (y, x) is uniform over all pixels. The square covers the rows from y -
    length // 2 to y + length // 2 - 1, and columns likewise, as far as they are in the image.
    """
    height, width = pixels.shape[-2:]
    rows = _square(_to_integers(uniform[:, CUTOUT_ROW], height), height, length // 2)
    columns = _square(_to_integers(uniform[:, CUTOUT_COLUMN], width), width, length // 2)
    return pixels.masked_fill_((rows[:, :, None] & columns[:, None, :])[:, None], 0)


def _square(centres: Tensor, size: int, half: int) -> Tensor:
    along = torch.arange(size, device=centres.device)
    return (along >= centres - half) & (along < centres + half)


def _to_integers(uniform: Tensor, choices: int) -> Tensor:
    """Map numbers (B,) in [0, 1) to integers (B, 1) from 0 to `choices` - 1."""
    return (uniform * choices).long()[:, None]


def _image_by_image(
    each: Callable[[Any], Tensor], pixels: Tensor | list[Image.Image], batch: Batch
) -> Tensor:
    images = []
    with torch.random.fork_rng(devices=[]):
        for image, sample in zip(pixels, batch.samples.tolist(), strict=True):
            # torch.manual_seed would also reseed the GPUs' generators, which are not restored here.
            torch.default_generator.manual_seed(torch_seed(*batch.key, sample))
            images.append(each(image))
    return torch.stack(images)


def _statistics(channels: Channels) -> tuple[Tensor, Tensor]:
    mean, std = torch.tensor(channels.mean), torch.tensor(channels.std)
    return mean.view(3, 1, 1), std.view(3, 1, 1)
