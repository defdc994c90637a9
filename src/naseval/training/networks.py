"""The networks that runs train, built from a genotype or by name, with seeded initial weights."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

import torch
from torch import nn

from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.networks.cost import macs, parameters
from naseval.randomness import torch_seed
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces import get_space


def build_network(
    genotype: Genotype,
    *,
    images: str,
    image_size: int,
    classes: int,
    channels: int,
    cells: int,
    auxiliary: bool,
    options: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Return the network of the genotype's space, freshly initialised.

    It maps float images (B, 3, image_size, image_size) to logits (B, classes) and, in training
    with `auxiliary`, the tower's logits (else None). `images` is `small` or `large`, `channels`
    the initial width. `options` are those that only this space has (`Space.network_options`);
    the space's `build` takes them as keywords.

    Raises `NasevalError` where the genotype lies outside its space, where the image size does not
    divide as the reductions need, or for an unknown option.
    """
    space = get_space(genotype.space)
    space.validate(genotype)
    chosen = dict(options or {})
    unknown = sorted(chosen.keys() - space.network_options.keys())
    if unknown:
        known = ", ".join(space.network_options) or "none"
        raise NasevalError(
            f"network option {unknown[0]!r} is not one of the space {space.name} (it has {known})"
        )
    network: nn.Module = import_module(f"naseval.spaces.{genotype.space}.network").build(
        genotype,
        images=images,
        image_size=image_size,
        classes=classes,
        channels=channels,
        cells=cells,
        auxiliary=auxiliary,
        **{**space.network_options, **chosen},
    )
    return network


def build_fixed(
    name: str,
    *,
    images: str,
    image_size: int,
    classes: int,
    channels: int,
    auxiliary: bool,
    drop_path: float,
) -> nn.Module:
    """Return the fixed network named, freshly initialised; it maps images as `build_network`'s."""
    network: nn.Module = import_module(f"naseval.networks.fixed.{name}").build(
        images=images,
        image_size=image_size,
        classes=classes,
        channels=channels,
        auxiliary=auxiliary,
        drop_path=drop_path,
    )
    return network


T = TypeVar("T")


def initialised(build: Callable[[], T], seed: int) -> T:
    """Return what `build` builds (on the CPU) from the stream of initial weights of `seed`.

    torch's global CPU generator is left as it was found.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, "initialisation"))
        return build()


class Size(NamedTuple):
    """What a network costs, the auxiliary tower aside."""

    parameters: int
    """Trainable scalars."""
    macs: int
    """Multiply-accumulates for one image."""


def size(genotype: Genotype, dataset: ImageSettings, protocol: Protocol) -> Size:
    """Return the size of the network that a protocol makes of a genotype for a dataset."""
    with torch.device("meta"):  # shapes are all that is counted
        network = build_network(
            genotype,
            images=dataset.images,
            image_size=dataset.image_size,
            classes=dataset.classes,
            channels=protocol.channels,
            cells=protocol.cells,
            auxiliary=False,
            options=protocol.network,
        )
    return Size(parameters(network, auxiliary=False), macs(network, dataset.image_size))
