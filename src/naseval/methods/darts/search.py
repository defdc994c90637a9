"""DARTS: bilevel gradient search on a supernet (Liu, Simonyan and Yang, ICLR 2019).

The gradient is of second order by default, and the genotype is derived after the last epoch.
`naseval.methods._gradient` has the code that DARTS shares with similar methods.
"""

from functools import partial

import numpy as np

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, Table, strongest_cell
from naseval.methods._gradient.bilevel import BilevelTask
from naseval.methods._gradient.orders import architecture_gradient
from naseval.methods._gradient.stages import new_supernet, run_task
from naseval.methods.darts.settings import Settings
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop

EDGES = sum(range(2, 2 + SPACE.nodes))
OPERATIONS: Operations = (SPACE.operations,) * EDGES
MOST_SKIPS = 2
"""Limit of skip edges in the normal cell in the authors' program."""


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Training images train the weights, validation images the alphas."""
    network, alphas = new_supernet(
        data,
        {"normal": OPERATIONS, "reduce": OPERATIONS},
        channels=settings.channels,
        cells=settings.cells,
        seed=seed,
    )
    derive = partial(derived, skip_rule=settings.skip_rule)
    task = BilevelTask(
        network,
        alphas,
        data,
        settings,
        seed=seed,
        derive=derive,
        architecture_gradient=architecture_gradient(
            settings.order, legacy_fd_scale=settings.legacy_fd_scale
        ),
    )
    history = run_task(task, seed=seed, name="darts", loop=loop)
    return SearchResult(derive(alphas), history)


def derived(alphas: Alphas, skip_rule: str) -> Genotype:
    """Return the genotype. Edges are ranked by raw alphas, as in the program the paper cites."""
    normal, reduce = alphas.tables()
    if skip_rule == "release":
        normal = with_few_skips(normal)
    return Genotype(
        SPACE.name, strongest_cell(normal, OPERATIONS), strongest_cell(reduce, OPERATIONS)
    )


def with_few_skips(normal: Table) -> Table:
    """Return the normal cell's alphas after the undocumented rule of the authors' program.

    The rule considers all edges, kept or not, whose strongest operation (including `none`) is the
    skip connection. It sets the skip alpha to 0 on all of them except the `MOST_SKIPS` with the
    largest skip alphas. Zero is not minus infinity, so such an edge may still keep its skip
    connection.
    """
    limited = normal.copy()
    skip = SPACE.operations.index("skip_connect")
    counted = np.flatnonzero(normal.argmax(axis=1) == skip)
    ascending = counted[np.argsort(normal[counted, skip], kind="stable")]
    limited[ascending[: max(len(counted) - MOST_SKIPS, 0)], skip] = 0
    return limited
