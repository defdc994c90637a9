"""P-DARTS: gradient search in stages (Chen, Xie, Wu and Tian, ICCV 2019).

From stage to stage the supernet becomes deeper and every edge loses its weakest operations. Deep
supernets prefer skip connections too strongly. Therefore dropout is applied to them, and their
number in the derived normal cell is limited. The alphas' gradient is of first order.
"""

import math
from typing import Any

import numpy as np
from scipy.special import softmax
from torch import Tensor

from naseval.data.training_data import TrainingData
from naseval.genotype import Cell, Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, Table, strongest_cell
from naseval.methods._gradient.bilevel import BilevelTask
from naseval.methods._gradient.stages import Alive, new_supernet, run_stages
from naseval.methods.pdarts.settings import Settings
from naseval.methods.pdarts.skip_dropout import (
    draw_masks,
    set_skip_dropout,
    skip_dropouts,
    with_skip_dropout,
)
from naseval.networks.operations import OPERATIONS
from naseval.spaces.pdarts.space import SPACE, skips
from naseval.training.loop import Loop

EDGES = sum(range(2, 2 + SPACE.nodes))
SKIP = "skip_connect"


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the P-DARTS space. The training part trains the weights, validation the alphas."""
    everything = (SPACE.operations,) * EDGES
    alphas, alive, history = run_stages(
        lambda stage, alive, stage_seed: PdartsTask(data, settings, alive, stage, stage_seed),
        lambda stage, alphas, alive: survivors(alphas, alive, settings.dropped[stage - 1]),
        {"normal": everything, "reduce": everything},
        stages=len(settings.cells),
        seed=seed,
        name="pdarts",
        loop=loop,
    )
    return SearchResult(derived(alphas, alive, settings.most_skips), history)


class PdartsTask(BilevelTask):
    """One stage. The dropout of skip connections is set for each epoch."""

    def __init__(
        self, data: TrainingData, settings: Settings, alive: Alive, stage: int, seed: int
    ) -> None:
        self.skip_dropout = settings.skip_dropout[stage - 1]
        network, alphas = new_supernet(
            data,
            alive,
            channels=settings.channels,
            cells=settings.cells[stage - 1],
            seed=seed,
            table=with_skip_dropout(OPERATIONS) if self.skip_dropout else OPERATIONS,
        )
        super().__init__(
            network,
            alphas,
            data,
            settings,
            seed=seed,
            derive=lambda current: derived(current, alive, settings.most_skips),
            cutout=settings.cutout,
            warm_up=settings.warm_up,
            stage=stage,
        )
        self.decay = settings.skip_dropout_decay
        self.skips = skip_dropouts(network)

    def begin(self, epoch: int) -> None:
        """Set the learning rate, the skip dropout and training mode."""
        super().begin(epoch)
        now = skip_dropout(
            epoch,
            self.settings.epochs,
            rate=self.skip_dropout,
            warm_up=self.warm_up,
            decay=self.decay,
        )
        set_skip_dropout(self.skips, now)

    def _logits(self, images: Tensor, mixing: tuple[Tensor, Tensor]) -> Tensor:
        draw_masks(self.skips)
        return super()._logits(images, mixing)


def skip_dropout(epoch: int, epochs: int, *, rate: float, warm_up: int, decay: float) -> float:
    """Return the dropout probability of skips in an epoch (from 0) of a stage of `epochs`.

    It falls linearly from `rate` during the warm-up. Then it returns to `rate` and falls
    exponentially (the authors' program).
    """
    if epoch < warm_up:
        return rate * (epochs - epoch - 1) / epochs
    return rate * math.exp(-decay * (epoch - warm_up))


def survivors(alphas: Alphas, alive: Alive, dropped: int) -> Alive:
    """Return the operations that remain if each edge loses its `dropped` least probable ones.

    `none` is treated like any other operation. The order of the remaining operations is kept.
    """
    return {
        kind: _strongest_operations(probabilities, alive[kind], dropped)
        for kind, probabilities in _probabilities(alphas).items()
    }


def _strongest_operations(probabilities: Table, alive: Operations, dropped: int) -> Operations:
    weakest_first = probabilities.argsort(axis=1, kind="stable")
    kept = np.sort(weakest_first[:, dropped:], axis=1)
    return tuple(
        tuple(names[column] for column in columns)
        for names, columns in zip(alive, kept.tolist(), strict=True)
    )


def derived(alphas: Alphas, alive: Alive, most_skips: int) -> Genotype:
    """Return the genotype. The number of skip connections is limited only in the normal cell."""
    probabilities = _probabilities(alphas)
    return Genotype(
        SPACE.name,
        few_skips_cell(probabilities["normal"], alive["normal"], most_skips),
        ordered_cell(probabilities["reduce"], alive["reduce"]),
    )


def few_skips_cell(probabilities: Table, operations: Operations, most_skips: int) -> Cell:
    """Return the cell after excluding the least probable skip until few enough are kept.

    After each exclusion the cell is derived again, which may add other edges and other skips.
    """
    left = probabilities.copy()
    while skips(cell := ordered_cell(left, operations)) > most_skips:
        edge = min(_skip_edges(cell), key=lambda row: left[row, operations[row].index(SKIP)])
        left[edge, operations[edge].index(SKIP)] = -np.inf
    return cell


def ordered_cell(probabilities: Table, operations: Operations) -> Cell:
    """Return the cell of the most probable edges. The edges of a node are sorted by input."""
    cell = strongest_cell(probabilities, operations)
    nodes = tuple(tuple(sorted(node, key=lambda edge: edge[1])) for node in cell.nodes)
    return Cell(nodes, cell.concat)


def _skip_edges(cell: Cell) -> list[int]:
    """Return the rows of the kept edges that are skip connections."""
    return [
        sum(range(2, 2 + node)) + source
        for node, edges in enumerate(cell.nodes)
        for operation, source in edges
        if operation == SKIP
    ]


def _probabilities(alphas: Alphas) -> dict[str, Any]:
    normal, reduce = alphas.tables()
    return {"normal": softmax(normal, axis=1), "reduce": softmax(reduce, axis=1)}
