"""Vectors of the DARTS family, and the rule that fills networks and images without chance."""

import json
import math
from typing import Any

import torch
from torch import Tensor, nn

from naseval.genotype import Genotype
from naseval.settings.dataset import ImageSettings
from naseval.training import networks
from paths import VECTORS as VECTOR_FILES

VECTORS: dict[str, Any] = json.loads((VECTOR_FILES / "darts_space.json").read_text())


def published(name: str, space: str = "darts") -> Genotype:
    """Return a published cell pair, as one of `space`."""
    return Genotype.from_dict({"space": space, **VECTORS["genotypes"][name]})


def modified(name: str) -> Genotype:
    """Return a genotype of the modified space."""
    cells = VECTORS["modified_op_space"]["cases"][name]["genotype"]
    return Genotype.from_dict({"space": "modified", **cells})


def _waves(shape: torch.Size) -> Tensor:
    frequencies = (0.7, 0.3, 1.1, 1.7)
    phase = torch.full(shape, 0.5, dtype=torch.float64)
    for axis, size in enumerate(shape):
        steps = frequencies[axis] * torch.arange(size, dtype=torch.float64)
        phase += steps.reshape([-1] + [1] * (len(shape) - axis - 1))
    return phase.sin() * math.sqrt(2 / math.prod(shape[1:]))


@torch.no_grad()
def fill_by_rule(network: nn.Module) -> nn.Module:
    """Make the network float64 and set every weight by the vectors' recipe; return it."""
    network.double()
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.copy_(_waves(module.weight.shape))
            if module.bias is not None:
                module.bias.copy_(0.01 * torch.arange(len(module.bias), dtype=torch.float64))
        elif isinstance(module, nn.BatchNorm2d) and module.affine:
            k = torch.arange(module.num_features, dtype=torch.float64)
            module.weight.copy_(1 + 0.2 * k.sin())
            module.bias.copy_(0.1 * k.cos())
    return network


def images_by_rule(batch: int, side: int) -> Tensor:
    """Return float64 images (batch, 3, side, side) by the vectors' recipe."""
    n, c, h, w = torch.meshgrid(
        *(torch.arange(size, dtype=torch.float64) for size in (batch, 3, side, side)),
        indexing="ij",
    )
    return torch.sin(0.9 * n + 1.3 * c + 0.37 * h + 0.53 * w + 0.011 * h * w)


def build_network(
    genotype: Genotype, *, images: str, image_size: int, classes: int, **rest: Any
) -> nn.Module:
    """Build with `naseval.training.networks`; the image settings need not be valid."""
    dataset = ImageSettings.model_construct(images=images, image_size=image_size, classes=classes)
    return networks.build_network(genotype, dataset, **rest)


def keep_probability(drop_path: nn.Module, samples: int = 4000) -> float:
    """Return the probability with which drop path keeps a sample, seen in what it does to ones.

    The share of samples kept has to agree with it, and all kept ones are scaled by its inverse.
    """
    torch.manual_seed(0)
    with torch.no_grad():
        found = drop_path.train()(torch.ones(samples, 2, dtype=torch.float64))
    kept = found[:, 0] > 0
    assert torch.equal(found[:, 0], found[:, 1])
    (scale,) = found[kept].unique().tolist()
    share, keep = kept.double().mean().item(), 1 / scale
    assert abs(share - keep) <= 5 * math.sqrt(keep * (1 - keep) / samples)
    return keep
