"""Operations of several edges that read the same state, with their parameters in common tensors.

A bank takes over the parameters of the modules that it replaces, and remembers which they were.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.networks.depthwise import DepthwiseConv2d, depthwise
from naseval.networks.normalisation import batch_norm, scaled_norm
from naseval.networks.operations import FactorizedReduce
from naseval.networks.pointwise import pointwise

Sources = dict[str, list[tuple[Tensor, ...]]]
"""For each tensor of a bank, the plain form's tensors of every part along its first dimension.

If one part replaces several tensors, these are equal.
"""


class SeparableRound(NamedTuple):
    """One half of a separable convolution, or a whole one with dilation."""

    depthwise: DepthwiseConv2d
    pointwise: nn.Conv2d
    norm: nn.BatchNorm2d


def separable_rounds(operation: nn.Module) -> list[SeparableRound]:
    """Return the rounds of a separable convolution. Other operations have none."""
    layers: list[Any] = list(operation) if isinstance(operation, nn.Sequential) else []
    size = 1 + len(SeparableRound._fields)
    rounds = [layers[start : start + size] for start in range(0, len(layers), size)]
    types = [nn.ReLU, DepthwiseConv2d, nn.Conv2d, nn.BatchNorm2d]
    if all(
        [type(layer) for layer in layers] == types and not layers[-1].affine for layers in rounds
    ):
        return [SeparableRound(*layers[1:]) for layers in rounds]
    return []


class Bank(nn.Module):
    """Base class of banks."""

    sources: Sources

    def taken_sources(self) -> Sources:
        """Return `sources` and forget them, since they hold the plain form's tensors."""
        sources, self.sources = self.sources, {}
        return sources


class SeparableBank(Bank):
    """M rounds with as many channels each. Those with equal kernels are next to each other."""

    def __init__(self, rounds: Sequence[SeparableRound]) -> None:
        super().__init__()
        kernels = [
            list(same)
            for _, same in groupby(
                (each.depthwise for each in rounds),
                key=lambda each: (each.kernel_size, each.geometry),
            )
        ]
        self.kernels = nn.ParameterList(_joined([each.weight for each in same]) for same in kernels)
        self.geometries = [same[0].geometry for same in kernels]
        self.pointwise = _joined([each.pointwise.weight for each in rounds])
        self.norm = _joined_norm([each.norm for each in rounds])
        self.count = len(rounds)
        self.sources: Sources = {
            **{
                f"kernels.{index}": _each([e.weight for e in same])
                for index, same in enumerate(kernels)
            },
            "pointwise": _each([each.pointwise.weight for each in rounds]),
            **_norm_sources([(each.norm,) for each in rounds]),
        }

    @property
    def widths(self) -> list[int]:
        """The numbers of channels of the rounds with equal kernels."""
        return [len(kernel) for kernel in self.kernels]

    def forward(self, parts: Sequence[Tensor], scale: Tensor | None) -> Tensor:
        """Return the outputs of all rounds, (B, M·C, H', W').

        `parts` is either one state (B, C, H, W), which all rounds read, or the tensors of the
        rounds with equal kernels, with `widths` channels. The channels of the result are
        multiplied by `scale`, (M·C,).
        """
        kernels = list(zip(self.kernels, self.geometries, strict=True))
        if len(parts) == 1:
            outputs = depthwise(torch.relu(parts[0]), kernels)
        else:
            outputs = tuple(
                depthwise(torch.relu(part), [kernel])[0]
                for part, kernel in zip(parts, kernels, strict=True)
            )
        joined = torch.cat(outputs, 1) if len(outputs) > 1 else outputs[0]
        mixed = F.conv2d(joined, self.pointwise, groups=self.count)
        return scaled_norm(self.norm, mixed, scale)


class FactorizedBank(Bank):
    """M operations of the class `FactorizedReduce` without learnt scale."""

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        super().__init__()
        operations = [cast(FactorizedReduce, module) for module in modules]
        self.even = _joined([each.even.weight for each in operations])
        self.odd = _joined([each.odd.weight for each in operations])
        self.norm = _joined_norm([each.norm for each in operations])
        self.count = len(operations)
        self.sources: Sources = {
            "even": _each([each.even.weight for each in operations]),
            "odd": _each([each.odd.weight for each in operations]),
            **_norm_sources([(each.norm,) for each in operations]),
        }

    def forward(self, x: Tensor, scale: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, M·C, H / 2, W / 2)."""
        x = torch.relu(x)
        even = pointwise(x, self.even, stride=2).chunk(self.count, 1)
        odd = pointwise(x, self.odd, stride=2, start=1).chunk(self.count, 1)
        halves = [half for pair in zip(even, odd, strict=True) for half in pair]
        return scaled_norm(self.norm, torch.cat(halves, 1), scale)


class PoolBank(Bank):
    """P pools, each followed by batch normalisation, with one result for all edges.

    `pools` has, for each pool, the equal operations of the edges.
    """

    def __init__(self, pools: Sequence[Sequence[nn.Module]]) -> None:
        super().__init__()
        layers = [[list(cast(nn.Sequential, each)) for each in same] for same in pools]
        self.pools = nn.ModuleList(same[0][0] for same in layers)
        norms = [tuple(cast(nn.BatchNorm2d, each[1]) for each in same) for same in layers]
        self.norm = _joined_norm([same[0] for same in norms])
        self.sources = _norm_sources(norms)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, P·C, H', W')."""
        return scaled_norm(self.norm, torch.cat([pool(x) for pool in self.pools], 1), None)


def is_normed_pool(operation: nn.Module) -> bool:
    """Return true for a pool that is followed by batch normalisation without learnt scale."""
    layers: list[Any] = list(operation) if isinstance(operation, nn.Sequential) else []
    return (
        len(layers) == 2
        and isinstance(layers[0], nn.MaxPool2d | nn.AvgPool2d)
        and isinstance(layers[1], nn.BatchNorm2d)
        and not layers[1].affine
    )


def _joined(weights: Sequence[Tensor]) -> nn.Parameter:
    return nn.Parameter(torch.cat([weight.detach() for weight in weights]))


def _joined_norm(norms: Sequence[nn.BatchNorm2d]) -> nn.BatchNorm2d:
    joined = batch_norm(sum(norm.num_features for norm in norms), affine=False)
    joined.eps, joined.momentum = norms[0].eps, norms[0].momentum
    return joined


def _each(tensors: Sequence[Tensor]) -> list[tuple[Tensor, ...]]:
    return [(tensor,) for tensor in tensors]


def _norm_sources(norms: Sequence[Sequence[nn.BatchNorm2d]]) -> Sources:
    return {
        f"norm.{buffer}": [
            tuple(cast(Tensor, getattr(norm, buffer)) for norm in same) for same in norms
        ]
        for buffer in ("running_mean", "running_var")
    }
