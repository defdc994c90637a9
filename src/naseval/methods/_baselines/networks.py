"""The networks of candidates."""

from torch import nn

from naseval.genotype import Genotype
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.training.networks import build_network


def protocol_network(
    genotype: Genotype, dataset: ImageSettings, protocol: Protocol, *, auxiliary: bool
) -> nn.Module:
    """Return the network that a protocol trains, with or without its auxiliary tower.

    It is initialised from torch's global generator; see `build_network` for inputs and errors.
    """
    return build_network(
        genotype,
        dataset,
        channels=protocol.channels,
        cells=protocol.cells,
        auxiliary=auxiliary,
        options=protocol.network,
    )
