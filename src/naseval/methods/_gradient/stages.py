"""New supernets with alphas, and gradient searches in stages, each with fewer operations."""

from collections.abc import Callable
from typing import Any

from naseval.data.training_data import TrainingData
from naseval.methods._gradient.alphas import Alphas, Operations
from naseval.methods._gradient.task import SupernetTask
from naseval.methods._supernet.cells import SearchCell
from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.networks.operations import OPERATIONS, OperationTable
from naseval.randomness import stream, torch_seed
from naseval.training.history import Row
from naseval.training.loop import Loop
from naseval.training.networks import initialised

Alive = dict[str, Operations]
"""For `normal` and `reduce`, the remaining operations of each edge, equally many on all edges."""


def run_stages(
    begin: Callable[[int, Alive, int], SupernetTask],
    narrow: Callable[[int, Alphas, Alive], Alive],
    alive: Alive,
    *,
    stages: int,
    seed: int,
    name: str,
    loop: Loop,
) -> tuple[Alphas, Alive, list[Row]]:
    """Run a search of several stages.

    Parameters
    ----------
    begin : callable
        Maps the number of a stage (from 1), its operations and its seed to the stage's task.
        Stages share no weights, alphas or batches.
    narrow : callable
        Maps the number of a stage before the last, its trained alphas and its operations to the
        operations of the next stage.
    alive : dict
        Operations of the first stage.
    stages, seed : int
        Number of stages, and seed of the search.
    name : str
        Name of the method, which is part of the names of random streams.
    loop : Loop
        The loop of the search.

    Returns
    -------
    alphas : Alphas
        Alphas of the last stage.
    alive : dict
        Operations of the alphas' columns.
    rows : list of dict
        The history of all stages.

    """
    first, carried_state, rows = loop.saved_stage()
    alive = carried_state or alive
    for stage in range(first, stages + 1):
        task = begin(stage, alive, torch_seed(seed, "stage", stage))
        rows = run_task(
            task,
            seed=seed,
            name=name,
            loop=loop,
            stage=stage,
            carried_state=alive,
            rows=rows,
            later=(stages - stage) * task.settings.epochs,
        )
        if stage < stages:
            alive = narrow(stage, task.alphas, alive)
    return task.alphas, alive, rows


def run_task(task: SupernetTask, *, seed: int, name: str, loop: Loop, **options: Any) -> list[Row]:
    """Run all epochs of a task and return the history; `options` are those of `Loop.run`."""
    return loop.run(
        task,
        epochs=task.settings.epochs,
        steps=task.steps,
        parts=task.parts,
        stream_names=(seed, name),
        **options,
    )


def new_supernet(
    data: TrainingData,
    alive: Alive,
    *,
    channels: int,
    cells: int,
    seed: int,
    table: OperationTable = OPERATIONS,
    kind: type[Supernet] = BankedSupernet,
    cell: Callable[..., SearchCell] = SearchCell,
    alphas_kind: type[Alphas] = Alphas,
) -> tuple[Supernet, Alphas]:
    """Return a newly initialised supernet and its alphas, on the data's device.

    `alphas_kind` is given a random generator and the numbers of edges and of columns.
    """
    network = initialised(
        lambda: kind(
            alive,
            images=data.dataset.images,
            classes=data.classes,
            channels=channels,
            cells=cells,
            table=table,
            cell=cell,
        ),
        seed,
    )
    edges, columns = len(alive["normal"]), len(alive["normal"][0])
    alphas = alphas_kind(stream(seed, "alphas"), edges, columns)
    return network.to(data.device), alphas.to(data.device)
