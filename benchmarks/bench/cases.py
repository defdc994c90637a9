"""The steps that are measured, made by the methods themselves from the paper's configuration."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import yaml
from benchmarks.bench.batches import NoiseData
from benchmarks.bench.plain import plain_supernets, with_library_layers
from torch import Tensor
from torch.nn import functional as F

from naseval.config import load_config
from naseval.methods import get_method
from naseval.methods._gradient.alphas import Alphas
from naseval.methods.pdarts.search import survivors
from naseval.methods.stacnas.search import REPRESENTATIVES, winning_groups
from naseval.randomness import stream
from naseval.spaces import sample
from naseval.spaces.darts.space import SPACE
from naseval.training.augmentation import AugmentationTask
from naseval.training.loop import SavedStage
from naseval.training.networks import build_run_network, initialised

ROOT = Path(__file__).parents[2]
CONFIG = load_config(yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8")))
DATASET = "cifar10"
EDGES = 14
SEED = 1
SIDE = 32


@dataclass(frozen=True)
class Size:
    """Changes to a case; None leaves the case's own number."""

    channels: int | None = None
    cells: int | None = None
    batch: int | None = None
    side: int = SIDE
    dtype: torch.dtype = torch.float32


TINY = Size(channels=2, cells=3, batch=2, side=8)


@dataclass(frozen=True)
class Case:
    """A step of a search or a run. `make(data, size)` returns its task and the last epoch."""

    label: str
    batch: int
    """Images of a batch on the CPU."""
    full_batch: int
    """Images of a batch in the paper."""
    make: Callable[[NoiseData, Size], tuple[Any, int]]
    only_pass: bool = False
    """A forward and a backward pass alone, without what else a step does."""


@dataclass(frozen=True)
class Step:
    """A case in one of its forms, ready to run."""

    task: Any
    run: Callable[[], object]
    images: int


def built(
    case: Case,
    *,
    plain: bool,
    size: Size,
    device: torch.device,
    memory_format: torch.memory_format | None = None,
) -> Step:
    """Return a step. Both forms begin with the same weights.

    The images' memory format is by default that of the form: on the CPU, channels last if fast.
    """
    channels_last = device.type == "cpu" and not plain
    memory_format = memory_format or (
        torch.channels_last if channels_last else torch.contiguous_format
    )
    data = NoiseData(size.side, device, memory_format, size.dtype)
    with plain_supernets() if plain else nullcontext():
        task, epoch = case.make(data, size)
    if plain:
        with_library_layers(task)
    for part in (task.network, getattr(task, "alphas", None)):
        if part is not None:
            part.to(size.dtype)
    task.begin(epoch)
    run = partial(one_pass, task) if case.only_pass else partial(task.step, epoch, 0)
    return Step(task, run, len(task.training.images))


def one_pass(task: Any) -> object:
    """Compute the gradients of all weights and alphas for one training batch."""
    wanted = [*task.alphas.parameters(), *task.network.parameters()]
    return torch.autograd.grad(one_pass_loss(task), wanted)


def one_pass_loss(task: Any) -> Tensor:
    """Return the mean loss of a supernet on a training batch."""
    images, labels = task.training.at(0, 0)
    return F.cross_entropy(task.network(images, *task.alphas()), labels)


class _EnoughError(Exception):
    """The task is there."""


class _Taker:
    """A `Loop` that takes the task of one stage and runs nothing."""

    task: Any

    def __init__(self, saved: SavedStage) -> None:
        self.saved = saved

    def saved_stage(self) -> SavedStage:
        return self.saved

    def run(self, task: Any, **_options: Any) -> Any:
        self.task = task
        raise _EnoughError


def searching(
    method: str,
    batch: int,
    data: NoiseData,
    size: Size,
    *,
    stage: int = 1,
    alive: Callable[[], Any] | None = None,
    **changes: Any,
) -> tuple[Any, int]:
    """Return the task of a method's stage, in which the operations `alive` are left."""
    settings: Any = CONFIG.search_settings(method, DATASET)
    cells = settings.cells
    if size.cells:
        cells = size.cells if isinstance(cells, int) else type(cells)([size.cells] * len(cells))
    settings = settings.model_copy(
        update={
            "batch_size": size.batch or batch,
            "channels": size.channels or settings.channels,
            "cells": cells,
            **changes,
        }
    )
    loop = _Taker(SavedStage(stage, alive() if alive else None, []))
    with suppress(_EnoughError):
        get_method(method).search(data, settings, seed=SEED, loop=loop)
    return loop.task, settings.epochs - 1


def training(
    protocol: str, batch: int, data: NoiseData, size: Size, **changes: Any
) -> tuple[Any, int]:
    """Return the task of a random architecture's run."""
    settings = CONFIG.protocol(protocol, DATASET).model_copy(update=changes)
    settings = settings.model_copy(
        update={
            "batch_size": size.batch or batch,
            "channels": size.channels or settings.channels,
            "cells": size.cells or settings.cells,
        }
    )
    network = initialised(lambda: build_run_network(sample("darts", 0), data.dataset, settings), 1)
    task = AugmentationTask(network.to(data.device), data, settings, SEED)  # type: ignore[arg-type]
    return task, settings.epochs - 1


def _random_alphas(columns: int) -> Alphas:
    return Alphas(stream(SEED, "benchmark", columns), EDGES, columns)


def _pdarts(stage: int) -> Any:
    alive: Any = dict.fromkeys(("normal", "reduce"), (SPACE.operations,) * EDGES)
    for dropped in CONFIG.search_settings("pdarts", DATASET).dropped[: stage - 1]:  # type: ignore[attr-defined]
        alive = survivors(_random_alphas(len(alive["normal"][0])), alive, dropped)
    return alive


def _stacnas() -> Any:
    return winning_groups(_random_alphas(len(REPRESENTATIVES)))


def _search(label: str, method: str, batch: int, full_batch: int = 64, **options: Any) -> Case:
    only_pass = options.pop("only_pass", False)

    def make(data: NoiseData, size: Size) -> tuple[Any, int]:
        return searching(method, batch, data, size, **options)

    return Case(label, batch, full_batch, make, only_pass)


def _run(label: str, protocol: str, batch: int, **changes: Any) -> Case:
    def make(data: NoiseData, size: Size) -> tuple[Any, int]:
        return training(protocol, batch, data, size, **changes)

    return Case(label, batch, 96, make)


PASS = _search("DARTS, one pass", "darts", 16, order=1, only_pass=True)
SECOND_ORDER = _search("DARTS, second order", "darts", 16, order=2)
SMALL_RUN = _run("run, C = 8, 5 cells, batch 96", "cda", 96, channels=8, cells=5)
RUN = _run("run, DARTS's protocol: C = 36, 20 cells", "cda", 8)
SUPERNETS = (
    _search("DARTS, first order", "darts", 16, order=1),
    SECOND_ORDER,
    *(
        _search(f"PDARTS, stage {stage}", "pdarts", 8, 96, stage=stage,
                alive=partial(_pdarts, stage))
        for stage in (1, 2, 3)
    ),
    _search("StacNAS, stage 1", "stacnas", 8),
    _search("StacNAS, stage 2", "stacnas", 8, stage=2, alive=_stacnas),
    _search("CNAS", "cnas", 8),
)  # fmt: skip
RUNS = (SMALL_RUN, RUN)
CASES = (PASS, *SUPERNETS, *RUNS)
FEW = (PASS, SUPERNETS[4], SUPERNETS[6], SMALL_RUN)
"""Enough to see that all works."""
