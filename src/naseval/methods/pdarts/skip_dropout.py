"""Dropout on the skip connections of a supernet, as in P-DARTS."""

from torch import nn

from naseval.networks.operations import Operation, OperationTable


class SkipDropout(nn.Dropout):
    """Element-wise dropout that replaces a stride-1 skip connection."""


def with_skip_dropout(table: OperationTable) -> OperationTable:
    """Return the table with dropout on the identity. A skip of stride 2 has no dropout.

    The probability is 0 until `set_skip_dropout` sets it.
    """
    return {**table, "skip_connect": _dropped(table["skip_connect"])}


def set_skip_dropout(network: nn.Module, probability: float) -> None:
    """Set the probability, in [0, 1], of dropping each element of a skip connection in training."""
    for module in network.modules():
        if isinstance(module, SkipDropout):
            module.p = probability


def _dropped(skip: Operation) -> Operation:
    def build(channels: int, stride: int, affine: bool) -> nn.Module:
        built = skip(channels, stride, affine)
        return SkipDropout(0.0) if isinstance(built, nn.Identity) else built

    return build
