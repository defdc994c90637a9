"""DARTS: bilevel gradient search on a supernet (Liu, Simonyan and Yang, ICLR 2019).

Second order unless told otherwise, and the cell is that of the last epoch; see
`naseval.methods._gradient` for what its kin share.
"""

from functools import partial

import numpy as np

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._gradient.alphas import Alphas, Operations, Table, strongest_cell
from naseval.methods._gradient.bilevel import (
    ArchitectureGradient,
    BilevelTask,
    first_order_gradient,
)
from naseval.methods._gradient.unrolled import unrolled_gradient
from naseval.methods._supernet.merged import MergedSupernet
from naseval.methods.darts.settings import Settings
from naseval.randomness import stream
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import Loop
from naseval.training.networks import initialised

EDGES = sum(range(2, 2 + SPACE.nodes))
OPERATIONS: Operations = (SPACE.operations,) * EDGES
MOST_SKIPS = 2
"""Skip edges of the normal cell that the authors' program tolerates."""


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space: training images move the weights, validation images the alphas."""
    network = initialised(
        lambda: MergedSupernet(
            {"normal": OPERATIONS, "reduce": OPERATIONS},
            images=data.dataset.images,
            classes=data.classes,
            channels=settings.channels,
            cells=settings.cells,
        ),
        seed,
    ).to(data.device)
    alphas = Alphas(stream(seed, "alphas"), EDGES, len(SPACE.operations)).to(data.device)
    derive = partial(derived, skip_rule=settings.skip_rule)
    task = BilevelTask(
        network,
        alphas,
        data,
        settings,
        seed=seed,
        derive=derive,
        architecture_gradient=architecture_gradient(settings),
    )
    history = loop.run(
        task,
        epochs=settings.epochs,
        steps=task.steps,
        parts=task.parts,
        stream_names=(seed, "darts"),
    )
    return SearchResult(derive(alphas), history)


def architecture_gradient(settings: Settings) -> ArchitectureGradient:
    """Return the alphas' gradient of the order that the settings name."""
    if settings.order == 1:
        return first_order_gradient
    return partial(unrolled_gradient, legacy_fd_scale=settings.legacy_fd_scale)


def derived(alphas: Alphas, skip_rule: str) -> Genotype:
    """Return the genotype; edges are ranked by raw alphas, as in the program the paper cites."""
    normal, reduce = alphas.tables()
    if skip_rule == "release":
        normal = with_few_skips(normal)
    return Genotype(
        SPACE.name, strongest_cell(normal, OPERATIONS), strongest_cell(reduce, OPERATIONS)
    )


def with_few_skips(normal: Table) -> Table:
    """Return the normal cell's alphas after the undocumented rule of the authors' program.

    Of the edges, kept or not, whose strongest operation (`none` included) is the skip connection,
    all but the `MOST_SKIPS` with the largest skip alphas have that alpha set to 0. Zero is not
    minus infinity: skip may win such an edge all the same.
    """
    limited = normal.copy()
    skip = SPACE.operations.index("skip_connect")
    counted = np.flatnonzero(normal.argmax(axis=1) == skip)
    ascending = counted[np.argsort(normal[counted, skip], kind="stable")]
    limited[ascending[: max(len(counted) - MOST_SKIPS, 0)], skip] = 0
    return limited
