"""The sums of weighted operations that a state adds to the nodes that read it."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch
from torch import Tensor

Readers = tuple[int, ...]
"""For each operation in a tensor (B, M·C, H, W), the node that it leads to, from 0."""


def node_terms(
    scaled: Sequence[tuple[Tensor, Readers]], common: Sequence[Tensor], weights: Tensor
) -> tuple[Tensor, ...]:
    """Return for each of k nodes the sum of the operations that lead to it, (B, C, H, W).

    Parameters
    ----------
    scaled : sequence of (Tensor, tuple of int)
        Outputs (B, M·C, H, W) of M operations that already have their weights, and their nodes.
    common : sequence of Tensor
        P outputs that all nodes read, one (B, C, H, W) or several (B, n·C, H, W) in each tensor.
    weights : Tensor
        Weights (k, P) of the common outputs at each node.

    """
    readers = tuple(nodes for _, nodes in scaled)
    outputs = [tensor for tensor, _ in scaled]
    terms: tuple[Tensor, ...] = _NodeTerms.apply(readers, weights, *outputs, *common)
    return terms


class _NodeTerms(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, readers: Sequence[Readers], weights: Tensor, *tensors: Tensor
    ) -> tuple[Tensor, ...]:
        nodes = len(weights)
        scaled, common = tensors[: len(readers)], list(tensors[len(readers) :])
        ctx.readers = readers
        ctx.save_for_backward(weights, *common)
        sums = [_summed(tensor, of, nodes) for tensor, of in zip(scaled, readers, strict=True)]
        if common:
            sums.append(_mixed(weights, common))
        return reduce(torch.add, sums).chunk(nodes, 1)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Any, ...]:
        weights, *common = ctx.saved_tensors
        whole = torch.cat(slopes, 1)
        to_scaled = [_spread(whole, slopes, nodes) for nodes in ctx.readers]
        if not common:
            return None, torch.zeros_like(weights), *to_scaled
        to_weights, to_common = _mixed_gradients(weights, common, whole)
        return None, to_weights.to(weights.dtype), *to_scaled, *to_common


def _mixed(weights: Tensor, common: list[Tensor]) -> Tensor:
    """Return the products of `weights` (k, P) and P outputs (B, C, H, W), (B, k·C, H, W)."""
    nodes, count = weights.shape
    weights = weights.to(common[0].dtype)
    if not _channels_last(common):
        outputs = torch.cat(common, 1)
        images, _, *sides = outputs.shape
        mixed = torch.bmm(weights.expand(images, -1, -1), outputs.view(images, count, -1))
        return mixed.view(images, -1, *sides)
    # A product of matrices would need another order of the dimensions.
    first, *others = _outputs(weights, common)
    total = (_by_node(weights, 0) * first.unsqueeze(1)).flatten(1, 2)
    for index, output in enumerate(others, 1):
        total.unflatten(1, (nodes, -1)).addcmul_(_by_node(weights, index), output.unsqueeze(1))
    return total


def _mixed_gradients(
    weights: Tensor, common: list[Tensor], slope: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Return the gradients of both arguments of `_mixed` for that of its result."""
    nodes, count = weights.shape
    weights = weights.to(slope.dtype)
    if not _channels_last(common):
        outputs = torch.cat(common, 1)
        images = len(outputs)
        slopes = slope.contiguous().view(images, nodes, -1)
        to_weights = torch.bmm(slopes, outputs.view(images, count, -1).mT).sum(0)
        to_outputs = torch.bmm(weights.t().expand(images, -1, -1), slopes).view_as(outputs)
        return to_weights, list(to_outputs.split([tensor.shape[1] for tensor in common], 1))
    apart = slope.unflatten(1, (nodes, -1))
    columns = [
        (apart * output.unsqueeze(1)).sum((0, 2, 3, 4)) for output in _outputs(weights, common)
    ]
    if torch.is_grad_enabled():  # for a second derivative, which `out` does not have
        parts = [(_by_node(weights, index) * apart).sum(1) for index in range(weights.shape[1])]
        channels = [tensor.shape[1] for tensor in common]
        return torch.stack(columns, 1), list(torch.cat(parts, 1).split(channels, 1))
    to_common = [torch.empty_like(tensor) for tensor in common]
    for index, to_output in enumerate(_outputs(weights, to_common)):
        torch.sum(_by_node(weights, index) * apart, 1, out=to_output)
    return torch.stack(columns, 1), to_common


def _outputs(weights: Tensor, common: list[Tensor]) -> list[Tensor]:
    """Return the P outputs, (B, C, H, W)."""
    channels = sum(tensor.shape[1] for tensor in common) // weights.shape[1]
    return [output for tensor in common for output in tensor.split(channels, 1)]


def _channels_last(tensors: Sequence[Tensor]) -> bool:
    return any(
        tensor.is_contiguous(memory_format=torch.channels_last) and not tensor.is_contiguous()
        for tensor in tensors
    )


def _by_node(weights: Tensor, index: int) -> Tensor:
    """Return a column of `weights` (k, P), shaped for products with (B, k, C, H, W)."""
    return weights[:, index].view(1, -1, 1, 1, 1)


def _summed(tensor: Tensor, readers: Readers, nodes: int) -> Tensor:
    """Return (B, k·C, H, W), where each node's part is the sum of its operations."""
    rounds = _rounds(readers, nodes)
    if rounds:
        # `Tensor.sum` would lose the memory format.
        return reduce(torch.add, tensor.chunk(rounds, 1))
    parts = tensor.chunk(len(readers), 1)
    sums = [
        [part for part, node in zip(parts, readers, strict=True) if node == at]
        for at in range(nodes)
    ]
    zero = torch.zeros_like(parts[0])
    return torch.cat([reduce(torch.add, own) if own else zero for own in sums], 1)


def _spread(whole: Tensor, slopes: Sequence[Tensor], readers: Readers) -> Tensor:
    """Return the gradient of a scaled tensor: to each operation, that of its node."""
    rounds = _rounds(readers, len(slopes))
    if rounds == 1:
        return whole
    if rounds > 1:
        return torch.cat([whole] * rounds, 1)
    return torch.cat([slopes[node] for node in readers], 1)


def _rounds(readers: Readers, nodes: int) -> int:
    """Return n if the operations are n times one of each node in order, else 0."""
    rounds, rest = divmod(len(readers), nodes)
    return rounds if not rest and readers == tuple(range(nodes)) * rounds else 0
