"""Training on images in memory, for programs that use naseval as a library.

The pipeline trains with the same code. `naseval/__init__.pyi` lists the other public names.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from naseval.data.channels import channel_statistics
from naseval.data.images import SmallImages
from naseval.data.training_data import TrainingData
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.settings.dataset import Channels, ImageSettings
from naseval.settings.protocol import Protocol
from naseval.training.augmentation import augment, train_batch
from naseval.training.device import arithmetic, resolve_device
from naseval.training.loop import EpochLoop
from naseval.training.metrics import accumulate, averages, check_finite, to_floats
from naseval.training.networks import ready_network

LabelledImages = tuple[NDArray[np.uint8], NDArray[np.integer]]
"""Images (N, S, S, 3) with values from 0 to 255, and their labels (N,)."""


def training_data(
    train: LabelledImages,
    test: LabelledImages,
    dataset: ImageSettings,
    *,
    channels: Channels | None = None,
    device: str = "auto",
) -> TrainingData:
    """Return small images in memory as training data.

    Large images are read from the folder that the pipeline prepares; use `load_augmentation_data`.

    Parameters
    ----------
    train, test : tuple
        uint8 images (N, S, S, 3) and integer labels (N,).
    dataset : ImageSettings
        Image size, number of classes, and whether training images are mirrored.
    channels : Channels, optional
        Mean and standard deviation of the colour channels; by default those of the training images.
    device : str
        Device of the images and the networks: `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.

    Raises
    ------
    NasevalError
        If the images do not have the shape and type described, or there is no such device.

    """
    if dataset.images != "small":
        raise NasevalError("images in memory must be small ones; use load_augmentation_data")
    place = resolve_device(device)
    parts = {
        name: _image_set(part, name, dataset).to(place)
        for name, part in (("train", train), ("test", test))
    }
    if channels is None:
        channels = channel_statistics([parts["train"].array], "memory")
    return TrainingData(dataset, channels, parts, "augmentation")


def _image_set(part: LabelledImages, name: str, dataset: ImageSettings) -> SmallImages:
    images, labels = (np.asarray(values) for values in part)
    shape = (len(labels), dataset.image_size, dataset.image_size, 3)
    if images.dtype != np.uint8 or images.shape != shape or not len(labels):
        raise NasevalError(
            f"the {name} images are {images.dtype} of the shape {images.shape}; "
            f"give uint8 of the shape {shape}, one per label"
        )
    if labels.ndim != 1 or labels.min() < 0 or labels.max() >= dataset.classes:
        raise NasevalError(f"the {name} labels must be integers from 0 to {dataset.classes - 1}")
    pixels = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
    numbers = torch.from_numpy(labels.astype(np.int64))
    return SmallImages(numbers, torch.arange(len(numbers)), pixels)


def train(
    architecture: Genotype | str, data: TrainingData, protocol: Protocol, *, seed: int = 0
) -> pd.DataFrame:
    """Train an architecture from scratch, as the pipeline does, and return one row per epoch.

    Parameters
    ----------
    architecture : Genotype or str
        A genotype, or the name of a fixed network: `resnet50`.
    data : TrainingData
        Data from `training_data` or `load_augmentation_data`.
    protocol : Protocol
        The training protocol: epochs, size of the network, optimizer, regularisation.
    seed : int
        Seed of the initial weights, batches, random transforms and drop path.

    Returns
    -------
    pandas.DataFrame
        The columns of `naseval.schemas.RUN`, e.g. `epoch`, `train_loss`, `test_accuracy` (in per
        cent).

    Raises
    ------
    NasevalError
        If the network cannot be built for the dataset, or if the loss is not finite.

    """
    network = ready_network(architecture, data.dataset, protocol, seed=seed, device=data.device)
    return pd.DataFrame(augment(network, data, protocol, seed=seed, loop=EpochLoop()))


def train_epoch(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    optimizer: torch.optim.Optimizer,
    protocol: Protocol,
) -> dict[str, float]:
    """Train a network for one epoch and return `train_loss` and `train_accuracy` (per cent).

    The learning rate and the drop-path probability are not changed. A batch of one image is
    skipped.

    Parameters
    ----------
    network : torch.nn.Module
        A network from `build_network`. It is left in training mode.
    batches : iterable of (Tensor, Tensor)
        E.g. a `torch.utils.data.DataLoader`: normalised images (B, 3, S, S) and labels (B,).
    optimizer : torch.optim.Optimizer
        Optimizer of the network's parameters.
    protocol : Protocol
        Gives the weight of the auxiliary loss, label smoothing, gradient clipping and precision.

    Raises
    ------
    NasevalError
        If no batch has two images or more, or if the loss is not finite.

    """
    network.train()
    device = next(network.parameters()).device
    sums: dict[str, float | Tensor] = {}
    with arithmetic(protocol.precision):
        for images, labels in batches:
            images, labels = (tensor.to(device, non_blocking=True) for tensor in (images, labels))
            accumulate(sums, train_batch(network, images, labels, optimizer, protocol))
    totals = to_floats(sums)
    if not totals:
        raise NasevalError("training needs batches of 2 images or more; give larger batches")
    check_finite(totals, "after an epoch")
    return averages(totals, "train")
