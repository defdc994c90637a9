"""The supernet of the DARTS family in which each edge executes one of its operations."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from naseval.methods._supernet.cells import EdgeOperations, MixedOperation, SearchCell
from naseval.methods._supernet.supernet import Supernet


class ChosenOperation(nn.Module):
    """An edge that executes one of its operations. The others are not computed."""

    def __init__(self, mixed: nn.Module) -> None:
        super().__init__()
        assert isinstance(mixed, MixedOperation)
        self.operations = mixed.operations

    def forward(self, x: Tensor, choice: Tensor) -> Tensor:
        """Apply the operation with index `choice`, an int64 scalar."""
        return self.operations[int(choice)](x)


class SampledSupernet(Supernet):
    """A `Supernet` with the same weights and parameter names that executes one path.

    Instead of mixing weights, `forward` takes the indices of the chosen operations, int64 (edges,).
    They are on the CPU, so reading them does not wait for the device.
    """

    def __init__(self, operations: Mapping[str, EdgeOperations], **shape: Any) -> None:
        super().__init__(operations, **shape)
        for cell in self.cells:
            assert isinstance(cell, SearchCell)
            cell.edges = nn.ModuleList(ChosenOperation(edge) for edge in cell.edges)
