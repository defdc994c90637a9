"""The supernet of the DARTS family where each edge carries out one of its operations."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from naseval.methods._supernet.supernet import EdgeOperations, MixedOperation, SearchCell, Supernet


class ChosenOperation(nn.Module):
    """One of an edge's operations; the others are neither computed nor kept for the gradient."""

    def __init__(self, mixed: nn.Module) -> None:
        super().__init__()
        assert isinstance(mixed, MixedOperation)
        self.operations = mixed.operations

    def forward(self, x: Tensor, choice: Tensor) -> Tensor:
        """Apply the operation in the column `choice`, an int64 scalar."""
        return self.operations[int(choice)](x)


class SampledSupernet(Supernet):
    """A `Supernet` with the same weights under the same names, of which a pass uses one path.

    In place of mixing weights, `forward` takes the columns chosen: int64, (edges,), on the CPU,
    where reading them waits for no device.
    """

    def __init__(self, operations: Mapping[str, EdgeOperations], **shape: Any) -> None:
        super().__init__(operations, **shape)
        for cell in self.cells:
            assert isinstance(cell, SearchCell)
            cell.edges = nn.ModuleList(ChosenOperation(edge) for edge in cell.edges)
