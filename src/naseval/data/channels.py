"""Mean and standard deviation of the colour channels."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from naseval import records
from naseval.data.images import load_images
from naseval.data.splits import SPLIT_FILE
from naseval.data.store import CHANNEL_FILE
from naseval.data.transforms import central
from naseval.errors import NasevalError
from naseval.json_files import write_sealed
from naseval.settings.dataset import Channels, ImageSettings

CHUNK = 512  # images per chunk


def write_channels(folder: Path, dataset: ImageSettings, channels: Channels | None) -> None:
    """Write `channels.json`: mean, std, and `computed` or `constants` as their source.

    If `channels` is None, they are computed from the train and validation images, which
    augmentation trains on, and the digest of the splits is added.
    """
    found: dict[str, object] = {"source": "constants"}
    if channels is None:
        channels = compute_channels(folder, dataset)
        found = {"source": "computed", "splits": records.content_digest(folder / SPLIT_FILE)}
    write_sealed(folder / CHANNEL_FILE, {**channels.model_dump(mode="json"), **found})


def compute_channels(folder: Path, dataset: ImageSettings) -> Channels:
    """Return the statistics of all pixels of the train and validation images, from exact sums.

    Large images are resized and cropped as for the test, so each image has the same weight.
    """
    return channel_statistics(_chunks(folder, dataset), str(folder))


def channel_statistics(chunks: Iterable[Tensor], place: str) -> Channels:
    """Return mean and standard deviation of all pixels, from exact sums.

    `chunks` are uint8 images (B, 3, H, W). Raise `NasevalError`, with the `place` of the images, if
    all values of a channel are the same.
    """
    count, total, squares = 0, torch.zeros(3, dtype=torch.int64), torch.zeros(3, dtype=torch.int64)
    for pixels in chunks:
        values = pixels.cpu().transpose(0, 1).flatten(1).to(torch.int64)
        count += values.shape[1]
        total += values.sum(1)
        squares += values.square().sum(1)
    mean = total.double() / count
    std = (squares.double() / count - mean.square()).clamp(min=0).sqrt()
    if not std.all():
        raise NasevalError(
            f"a colour channel of the images in {place} is constant; "
            "give the dataset's channels as numbers"
        )
    return Channels(mean=tuple((mean / 255).tolist()), std=tuple((std / 255).tolist()))


def _chunks(folder: Path, dataset: ImageSettings) -> Iterator[Tensor]:
    images = load_images(folder, dataset, ("train", "validation"), torch.device("cpu"))
    crop = central(dataset)
    for positions in torch.arange(len(images)).split(CHUNK):
        pixels = images.pixels(positions)
        if isinstance(pixels, Tensor):
            yield pixels
        elif crop is not None:
            yield torch.stack([crop(image) for image in pixels])
