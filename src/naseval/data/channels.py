"""Mean and standard deviation of the colour channels."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor

from naseval.data.images import load_images
from naseval.data.transforms import central
from naseval.errors import NasevalError
from naseval.files import write_atomically
from naseval.settings.dataset import Channels, ImageSettings

CHANNEL_FILE = "channels.json"
CHUNK = 512  # images per chunk


def write_channels(folder: Path, dataset: ImageSettings, channels: Channels | None) -> None:
    """Write `channels.json`: mean, std, and `computed` or `constants` as their source.

    If `channels` is None, they are computed from the train and validation images, which
    augmentation trains on.
    """
    fields = {
        **(channels or compute_channels(folder, dataset)).model_dump(),
        "source": "constants" if channels else "computed",
    }
    write_atomically(folder / CHANNEL_FILE, (json.dumps(fields) + "\n").encode())


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


def read_channels(folder: Path) -> Channels:
    """Read `channels.json`. Raise `NasevalError`, with the path, if it is missing or damaged."""
    path = folder / CHANNEL_FILE
    try:
        fields = json.loads(path.read_text())
        return Channels(mean=fields["mean"], std=fields["std"])
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule that makes it") from error
    except (ValueError, KeyError, TypeError, OSError, ValidationError) as error:
        raise NasevalError(f"{path} is damaged; delete it and run again") from error
