"""Cells of discrete architectures, and the preprocessing of cell inputs."""

from dataclasses import dataclass
from functools import reduce
from typing import Self

import torch
from torch import Tensor, nn

from naseval.genotype import Cell, Genotype
from naseval.networks.drop_path import with_drop_path
from naseval.networks.operations import FactorizedReduce, OperationTable, relu_conv_norm


@dataclass(frozen=True)
class CellSpec:
    """The position of a cell in a network, its channels and its inputs."""

    index: int
    """0 for the first cell."""
    channels: int
    reduction: bool
    inputs: tuple[int, int]
    """Channels of the two input states."""
    halve_first: bool
    """True if the first input has twice the side of the second."""


class Preprocess(nn.Module):
    """Bring both inputs of a cell to its number of channels and to one resolution.

    If `affine` is true, batch normalisation has a learnt scale and offset.
    """

    def __init__(self, spec: CellSpec, affine: bool) -> None:
        super().__init__()
        first, second = spec.inputs
        self.first: nn.Module = (
            FactorizedReduce(first, spec.channels, affine)
            if spec.halve_first
            else relu_conv_norm(first, spec.channels, 1, 1, affine)
        )
        self.second = relu_conv_norm(second, spec.channels, 1, 1, affine)

    def forward(self, first: Tensor, second: Tensor) -> list[Tensor]:
        """Map the outputs of the two previous cells to the first two states of the cell."""
        return [self.first(first), self.second(second)]


def edge_stride(source: int, reduction: bool) -> int:
    """Return the stride of an edge: 2 from an input of a reduction cell, else 1."""
    return 2 if reduction and source < 2 else 1


class DiscreteCell(nn.Module):
    """A cell of the evaluation network. Each node is the sum of its edges."""

    def __init__(
        self,
        cell: Cell,
        operations: OperationTable,
        channels: int,
        *,
        reduction: bool,
        preprocess: Preprocess,
    ) -> None:
        super().__init__()
        self.cell = cell
        self.width = channels * len(cell.concat)
        self.preprocess = preprocess
        self.edges = nn.ModuleList(
            with_drop_path(operations[name](channels, edge_stride(source, reduction), True))
            for node in cell.nodes
            for name, source in node
        )

    @classmethod
    def of(cls, genotype: Genotype, operations: OperationTable, spec: CellSpec) -> Self:
        """Build the genotype's normal or reduction cell for `spec`."""
        return cls(
            genotype.cell(spec.reduction),
            operations,
            spec.channels,
            reduction=spec.reduction,
            preprocess=Preprocess(spec, affine=True),
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Map the outputs of the two previous cells to (B, width, H, W)."""
        states = self.preprocess(first, second)
        edges = iter(self.edges)
        for node in self.cell.nodes:
            terms = [next(edges)(states[source]) for _, source in node]
            states.append(reduce(torch.add, terms))
        return torch.cat([states[index] for index in self.cell.concat], dim=1)
