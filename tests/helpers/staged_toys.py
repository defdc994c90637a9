"""Settings and stops of staged gradient searches that take seconds."""

from typing import Any

import torch
from torch.nn.modules.module import register_module_forward_hook

from naseval.errors import Interrupted
from naseval.methods._gradient.alphas import Alphas
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.pdarts import settings as pdarts
from naseval.methods.stacnas import settings as stacnas
from naseval.randomness import stream

EDGES = 14
COMMON = {"epochs": 2, "batch_size": 8, "channels": 2}
WEIGHTS = {"name": "sgd", "learning_rate": 0.025, "weight_decay": 3e-4}


def pdarts_settings(**changes: Any) -> pdarts.Settings:
    """Return settings of a search of seconds, with changes to the optimizers merged in."""
    weights = {**WEIGHTS, "learning_rate_min": 0.0, **changes.pop("weights", {})}
    architecture = {
        "learning_rate": 6e-4,
        "weight_decay": 1e-3,
        "gradient_clip": 5.0,
        **changes.pop("architecture", {}),
    }
    chosen = {
        **COMMON,
        "warm_up": 1,
        "cells": (3, 3, 4),
        "dropped": (3, 2),
        "skip_dropout": (0.0, 0.4, 0.7),
        "skip_dropout_decay": 0.2,
        "most_skips": 2,
        "cutout": 0,
        **changes,
    }
    return pdarts.Settings(weights=weights, architecture=architecture, **chosen)


def stacnas_settings(**changes: Any) -> stacnas.Settings:
    """Return settings of a search of seconds, with changes to the optimizers merged in."""
    weights = {**WEIGHTS, "learning_rate_min": 0.001, **changes.pop("weights", {})}
    architecture = {
        "learning_rate": 3e-4,
        "weight_decay": 1e-3,
        **changes.pop("architecture", {}),
    }
    chosen = {**COMMON, "cells": (3, 4), "one_level_data": "all", **changes}
    return stacnas.Settings(weights=weights, architecture=architecture, **chosen)


def alphas_of(normal: Any, reduce: Any) -> Alphas:
    """Return float64 alphas of two tables, (edges, operations)."""
    alphas = Alphas(stream(0), len(normal), len(normal[0])).double()
    with torch.no_grad():
        alphas.normal.copy_(torch.tensor(normal))
        alphas.reduce.copy_(torch.tensor(reduce))
    return alphas


def stops_until_done(search: Any) -> tuple[Any, list[str]]:
    """Call `search` until it is no longer interrupted; return its result and the interruptions."""
    stops: list[str] = []
    while True:
        try:
            return search(), stops
        except Interrupted as stop:
            stops.append(str(stop))
            torch.rand(5)  # another state of the global generator must not matter


def training_passes(run: Any) -> int:
    """Return how many forward passes of supernets in training mode `run` makes."""
    passes = []

    def count(module: torch.nn.Module, _inputs: Any, _output: Any) -> None:
        if isinstance(module, Supernet) and module.training:
            passes.append(module)

    hook = register_module_forward_hook(count)
    try:
        run()
    finally:
        hook.remove()
    return len(passes)
