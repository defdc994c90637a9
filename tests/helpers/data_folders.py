"""Small dataset folders, made as the pipeline makes them."""

from pathlib import Path

import numpy as np

from naseval.data.channels import write_channels
from naseval.data.sources import get_source
from naseval.data.sources._source import Source
from naseval.data.splits import write_splits
from naseval.data.store import write_images
from naseval.randomness import stream
from naseval.settings.dataset import Dataset, Split

SHARES = Split(train=0.4, validation=0.4, test=0.2, seed=0)
ARCHIVE = Split(train=0.5, validation=0.5, test="archive", seed=0)


def digits_settings(images="small", size=32, **changes):
    """Return the settings of the digits."""
    chosen = {"split": SHARES, "channels": "computed", "classes": 10, "flip": True, **changes}
    return Dataset(label="Digits", source="digits", images=images, image_size=size, **chosen)


def digits(images, size, count=None):
    """Return the digits as a source, the first `count` of them."""
    source = get_source("digits").read(Path("archives"), size, images)
    pictures = source.images if images == "small" else list(source.images)
    return Source(pictures[:count], source.labels[:count], source.classes)


def write_folder(folder, dataset, source):
    """Run the rules from archive to channel statistics."""
    read = dataset.model_dump(include={"source", "images", "image_size", "classes"})
    write_images(folder, source, dataset.images, provenance={"settings": {"dataset": read}})
    split = {"split": dataset.split.model_dump()}
    write_splits(folder, dataset.split, "digits", provenance={"settings": split})
    constants = None if dataset.channels == "computed" else dataset.channels
    write_channels(folder, dataset, constants)
    return folder


def noise(count, size=32, classes=5):
    """Return a source of small images of noise."""
    random = stream("noise", count, size)
    return Source(
        random.integers(0, 256, (count, size, size, 3), dtype=np.uint8),
        np.arange(count) % classes,
        tuple("abcdefghij"[:classes]),
    )
