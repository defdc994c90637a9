"""Correlation of operation outputs in a trained supernet, the origin of StacNAS's groups.

All operations of the DARTS space except `none` are in a supernet that is trained as in StacNAS's
first stage. Then the correlations of their outputs over images are computed on each edge (the
StacNAS program).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

import torch
from torch import Tensor, nn

from naseval.data.training_data import TrainingData
from naseval.methods._gradient.stages import Alive
from naseval.methods._gradient.task import OneLevelTask
from naseval.methods._supernet.cells import MixedOperation, SearchCell
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.stacnas.search import EDGES, GROUPS, stage_task
from naseval.methods.stacnas.settings import Settings
from naseval.spaces.darts.space import SPACE
from naseval.training.history import Row
from naseval.training.loop import Loop

OPERATIONS = tuple(name for name in SPACE.operations if name != "none")


def correlations(
    data: TrainingData, settings: Settings, *, seed: int, loop: Loop, images: int
) -> list[Row]:
    """Train a supernet and return the rows of `analysis.operation_correlation.SCHEMA`.

    The correlation is over about `images` untransformed training images: whole batches, or all
    images if there are fewer (10,000 in the StacNAS program). It is NaN if an output is constant.
    """
    everything = (OPERATIONS,) * EDGES
    alive: Alive = {"normal": everything, "reduce": everything}
    # The plain supernet executes the operations of each edge separately, as the hooks require.
    task = stage_task(data, settings, alive, stage=1, seed=seed, kind=Supernet)
    loop.run(
        task,
        epochs=settings.epochs,
        steps=task.steps,
        parts=task.parts,
        stream_names=(seed, "operation correlation"),
    )
    batches = data.batches(
        "all", batch_size=settings.batch_size, seed=seed, random_transforms=False, shuffle=True
    )
    steps = min(len(batches), -(-images // settings.batch_size))
    return _rows(task, measured(task, (batches.at(0, step)[0] for step in range(steps))))


@torch.no_grad()
def measured(task: OneLevelTask, images: Iterable[Tensor]) -> list[list[Tensor]]:
    """Return the correlation of operations, (K, K), for every edge of every cell.

    `images` yields batches (B, 3, S, S). Each output is centred over images, pixel by pixel.
    Covariances are sums over images and pixels.
    """
    network = task.network.eval()
    edges = _edges(network)
    moments = [[_Moments() for _ in row] for row in edges]
    hooks = [
        edge.register_forward_pre_hook(kept.add)
        for pair in zip(edges, moments, strict=True)
        for edge, kept in zip(*pair, strict=True)
    ]
    mixing = task.alphas()
    for batch in images:
        network(batch, *mixing)
    for hook in hooks:
        hook.remove()
    return [[kept.correlation() for kept in row] for row in moments]


def _edges(network: nn.Module) -> list[list[nn.Module]]:
    """Return the mixed operations of each cell."""
    assert isinstance(network, Supernet)
    cells = [cell for cell in network.cells if isinstance(cell, SearchCell)]
    return [list(cell.edges) for cell in cells]


@dataclass
class _Moments:
    """Sums over the images so far, in double precision if the device supports it (MPS does not)."""

    count: int = 0
    sums: Tensor = field(default_factory=lambda: torch.zeros(()))
    products: Tensor = field(default_factory=lambda: torch.zeros(()))

    def add(self, edge: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        """Add the outputs of the edge's operations for a batch."""
        assert isinstance(edge, MixedOperation)
        outputs = torch.stack([operation(inputs[0]) for operation in edge.operations]).flatten(2)
        if outputs.device.type != "mps":
            outputs = outputs.double()
        self.count += outputs.shape[1]
        self.sums = outputs.sum(dim=1) + self.sums.to(outputs)
        flat = outputs.flatten(1)
        self.products = flat @ flat.T + self.products.to(outputs)

    def correlation(self) -> Tensor:
        """Return the correlations, (K, K)."""
        covariance = self.products - self.sums @ self.sums.T / self.count
        variance, rounding = covariance.diagonal(), 100 * torch.finfo(covariance.dtype).eps
        constant = variance <= rounding * self.products.diagonal()
        deviation = variance.masked_fill(constant, torch.nan).sqrt()
        return (covariance / torch.outer(deviation, deviation)).cpu()


def _rows(task: OneLevelTask, found: list[list[Tensor]]) -> list[Row]:
    network = task.network
    assert isinstance(network, Supernet)
    return [
        {
            "cell": cell,
            "kind": "reduce" if cell in network.reductions else "normal",
            "edge": edge,
            "one": OPERATIONS[one],
            "other": OPERATIONS[other],
            "grouped": any({OPERATIONS[one], OPERATIONS[other]} <= set(g) for g in GROUPS.values()),
            "correlation": float(matrix[one, other]),
        }
        for cell, matrices in enumerate(found)
        for edge, matrix in enumerate(matrices)
        for one, other in combinations(range(len(OPERATIONS)), 2)
    ]
