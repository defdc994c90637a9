"""Networks for training, built from a genotype or by name, with seeded initial weights."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

import torch
from torch import nn

from naseval.genotype import Genotype
from naseval.networks.cost import Size, count
from naseval.networks.shape import Skeleton
from naseval.randomness import torch_seed
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.settings.validation import validated
from naseval.spaces import get_space
from naseval.training.compilation import compile_network


def build_network(
    genotype: Genotype,
    dataset: ImageSettings,
    *,
    channels: int,
    cells: int,
    auxiliary: bool,
    options: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Return the network of a genotype, initialised from torch's global generator.

    It maps float images (B, 3, S, S), where S is `dataset.image_size`, to logits (B, classes) and,
    in training with an auxiliary tower, the tower's logits (else None).

    Parameters
    ----------
    genotype
        The genotype, which names its space.
    dataset
        Gives the image size, the number of classes and the kind of stem.
    channels
        Initial channels; in most spaces they double at each reduction.
    cells
        Number of cells.
    auxiliary
        If true, the network has an auxiliary tower.
    options
        Options that only this space's networks have, see `Space.network_options`.

    Raises
    ------
    NasevalError
        If the genotype is not in its space, the network cannot take the images, or the space has
        no such option.

    """
    space = get_space(genotype.space)
    space.validate(genotype)
    where = f"network options of the space {space.name}:"
    chosen = validated(space.network_options, options or {}, where=where)
    skeleton = Skeleton(
        images=dataset.images,
        image_size=dataset.image_size,
        classes=dataset.classes,
        channels=channels,
        cells=cells,
        auxiliary=auxiliary,
    )
    chosen.check(skeleton)
    build = import_module(f"naseval.spaces.{genotype.space}.network").build
    return build(genotype, skeleton, **chosen.model_dump())


def build_run_network(
    architecture: Genotype | str, dataset: ImageSettings, protocol: Protocol
) -> nn.Module:
    """Return the network of a run: that of a genotype, or the fixed network with this name."""
    auxiliary = protocol.auxiliary_weight > 0
    if isinstance(architecture, Genotype):
        return build_network(
            architecture,
            dataset,
            channels=protocol.channels,
            cells=protocol.cells,
            auxiliary=auxiliary,
            options=protocol.network,
        )
    build = import_module(f"naseval.networks.fixed.{architecture}").build
    return build(
        dataset, channels=protocol.channels, auxiliary=auxiliary, drop_path=protocol.drop_path
    )


def ready_network(
    architecture: Genotype | str,
    dataset: ImageSettings,
    protocol: Protocol,
    *,
    seed: int,
    device: torch.device,
) -> nn.Module:
    """Return a run's network, initialised, on its device, and compiled if the protocol says so."""
    network = initialised(lambda: build_run_network(architecture, dataset, protocol), seed)
    network.to(device)
    if protocol.compile:
        compile_network(network)
    return network


T = TypeVar("T")


def initialised(build: Callable[[], T], seed: int) -> T:
    """Return the result of `build`, called on the CPU with the seeded stream of initial weights.

    The state of torch's global CPU generator is not changed.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, "initialisation"))
        return build()


def size(genotype: Genotype, dataset: ImageSettings, protocol: Protocol) -> Size:
    """Return the size of a genotype's network under a protocol on a dataset."""
    with torch.device("meta"):  # only shapes are needed
        network = build_network(
            genotype,
            dataset,
            channels=protocol.channels,
            cells=protocol.cells,
            auxiliary=False,
            options=protocol.network,
        )
    return count(network, dataset.image_size)
