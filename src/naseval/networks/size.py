"""How large a genotype's network is, without its weights."""

from typing import NamedTuple

import torch

from naseval.genotype import Genotype
from naseval.networks.build import build_network
from naseval.networks.counting import macs, parameters
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol


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
