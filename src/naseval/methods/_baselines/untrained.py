"""Scores of the network that a protocol trains, at its initialisation."""

import torch
from torch import nn

from naseval.data.batches import Batches
from naseval.genotype import Genotype
from naseval.methods._baselines.networks import protocol_network
from naseval.networks.cost import parameters
from naseval.networks.untrained_scores import nwot, synflow
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.training.networks import initialised


def untrained_score(
    score: str,
    genotype: Genotype,
    dataset: ImageSettings,
    protocol: Protocol,
    *,
    batches: Batches,
    device: torch.device,
    seed: int,
) -> float:
    """Return a score of a genotype: `parameters`, `nwot` or `synflow`.

    Parameters are counted without the auxiliary tower, which no score has. NWOT sees the first of
    `batches`, without labels; the others see no data. The weights are drawn by `seed`.
    """

    def network() -> nn.Module:
        return protocol_network(genotype, dataset, protocol, auxiliary=False)

    if score == "parameters":
        with torch.device("meta"):  # only shapes are needed
            return parameters(network(), auxiliary=False)
    built = initialised(network, seed)
    if score == "synflow":
        return synflow(built, dataset.image_size)
    images, _ = batches.at(0, 0)
    return nwot(built.to(device), images)
