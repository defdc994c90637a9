"""A faster execution of the supernet that merges edges with the same input state.

Modules, parameters and results are those of `Supernet`, which remains as the reference for tests.
For each state, an operation is executed once for all edges that read it. Pools and identities are
the same for all these edges. Convolutions become one grouped convolution.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.methods._supernet.supernet import MixedOperation, SearchCell, Supernet
from naseval.networks.operations import FactorizedReduce, Zero


class MergedCell(SearchCell):
    """A `SearchCell` that executes each operation once per state instead of once per edge."""

    def forward(self, first: Tensor, second: Tensor, weights: Tensor) -> Tensor:
        """Map the outputs of the two previous cells and weights (edges, K) to (B, width, H, W)."""
        states = self.preprocess(first, second)
        nodes: list[Tensor | None] = [None] * self.nodes
        for source in range(1 + self.nodes):
            if source >= 2:
                states.append(cast(Tensor, nodes[source - 2]))
            readers = range(max(0, source - 1), self.nodes)
            # The edges of node n begin at 2 + 3 + … + (n + 1), in the order of their input states.
            rows = [node * (node + 3) // 2 + source for node in readers]
            edges = [cast(MixedOperation, self.edges[row]) for row in rows]
            mixed = mixtures(edges, states[source], weights[rows])
            for node, term in zip(readers, mixed, strict=True):
                nodes[node] = total(nodes[node], term)
        return torch.cat(cast(list[Tensor], nodes), dim=1)


class MergedSupernet(Supernet):
    """A `Supernet` with cells of the class `MergedCell`."""

    cell = MergedCell


def total(before: Tensor | None, term: Tensor) -> Tensor:
    """Return `before` + `term`, or `term` if there is no sum yet."""
    return term if before is None else before + term


def mixtures(edges: Sequence[MixedOperation], x: Tensor, weights: Tensor) -> list[Tensor]:
    """Return the outputs of E edges with the same input state, for weights (E, K)."""
    groups: dict[str, list[tuple[int, int, nn.Module]]] = {}
    for place, edge in enumerate(edges):
        for index, (name, operation) in enumerate(zip(edge.names, edge.operations, strict=True)):
            groups.setdefault(name, []).append((place, index, operation))
    sums: list[Tensor | None] = [None] * len(edges)
    for members in groups.values():
        outputs = merged([operation for _, _, operation in members], x)
        for (place, index, _), output in zip(members, outputs, strict=True):
            sums[place] = total(sums[place], weights[place, index] * output)
    return cast(list[Tensor], sums)


def merged(operations: Sequence[nn.Module], x: Tensor) -> Sequence[Tensor]:
    """Return the outputs of operations with the same name and input state, executed together."""
    state = _State(x, len(operations))
    for layers in zip(*(_layers(operation) for operation in operations), strict=True):
        state.apply(layers)
    return state.outputs()


def _layers(operation: nn.Module) -> Sequence[nn.Module]:
    return list(operation) if isinstance(operation, nn.Sequential) else [operation]


class _State:
    """One shared tensor (B, C, H, W), or M stacked tensors (B, M·C, H, W) once they differ."""

    def __init__(self, x: Tensor, count: int) -> None:
        self.x = x
        self.count = count
        self.shared = True

    def outputs(self) -> Sequence[Tensor]:
        """Return the M results, (B, C, H, W) each."""
        return [self.x] * self.count if self.shared else self.x.chunk(self.count, dim=1)

    def apply(self, layers: Sequence[nn.Module]) -> None:
        """Apply the same layer of all M operations."""
        match layers[0]:
            case nn.Conv2d():
                self._convolve(cast(Sequence[nn.Conv2d], layers))
            case nn.BatchNorm2d():
                self._normalise(cast(Sequence[nn.BatchNorm2d], layers))
            case FactorizedReduce():
                self._factorized_reduce(cast(Sequence[FactorizedReduce], layers))
            case nn.ReLU() | nn.MaxPool2d() | nn.AvgPool2d() | nn.Identity() | Zero():
                self.x = layers[0](self.x)
            case _:  # separately, e.g. dropout, which draws for each edge
                pairs = zip(layers, self.outputs(), strict=True)
                self._diverge(torch.cat([layer(x) for layer, x in pairs], dim=1))

    def _diverge(self, x: Tensor) -> None:
        self.x, self.shared = x, False

    def _convolve(self, layers: Sequence[nn.Conv2d]) -> None:
        first = layers[0]
        dense = self.shared and first.groups == 1
        x = self.x.repeat(1, self.count, 1, 1) if self.shared and not dense else self.x
        weight = torch.cat([layer.weight for layer in layers])
        groups = 1 if dense else self.count * first.groups
        padding, dilation = first.padding, first.dilation
        self._diverge(F.conv2d(x, weight, None, first.stride, padding, dilation, groups))

    def _normalise(self, layers: Sequence[nn.BatchNorm2d]) -> None:
        if self.shared:  # all have the same statistics
            self.x = layers[0](self.x)
            for layer in layers[1:]:
                for buffer, same in zip(layer.buffers(), layers[0].buffers(), strict=True):
                    buffer.copy_(same)
        else:
            self.x = batch_norm(layers, self.x)

    def _factorized_reduce(self, layers: Sequence[FactorizedReduce]) -> None:
        x = torch.relu(self.x)
        halves = []
        for shifted, convolutions in (
            (x, [layer.even for layer in layers]),
            (x[:, :, 1:, 1:], [layer.odd for layer in layers]),
        ):
            weight = torch.cat([convolution.weight for convolution in convolutions])
            halves.append(F.conv2d(shifted, weight, stride=2).unflatten(1, (self.count, -1)))
        self._diverge(torch.cat(halves, dim=2).flatten(1, 2))
        self.x = batch_norm([layer.norm for layer in layers], self.x)


def batch_norm(layers: Sequence[nn.BatchNorm2d], x: Tensor) -> Tensor:
    """Apply M batch normalisations without learnt scale to the M parts of (B, M·C, H, W)."""
    first = layers[0]
    mean = torch.cat([cast(Tensor, layer.running_mean) for layer in layers])
    variance = torch.cat([cast(Tensor, layer.running_var) for layer in layers])
    momentum = cast(float, first.momentum)
    out = F.batch_norm(x, mean, variance, training=first.training, momentum=momentum, eps=first.eps)
    if first.training:
        with torch.no_grad():
            for layer, new_mean, new_variance in zip(
                layers, mean.chunk(len(layers)), variance.chunk(len(layers)), strict=True
            ):
                cast(Tensor, layer.running_mean).copy_(new_mean)
                cast(Tensor, layer.running_var).copy_(new_variance)
                cast(Tensor, layer.num_batches_tracked).add_(1)
    return out
