"""Settings of ENAS and NAO searches that take seconds."""

import signal
from typing import Any

import torch
from torch import nn

from fixtures_wiring import averaging
from naseval.methods.enas import settings as enas
from naseval.methods.nao import settings as nao

WEIGHTS = {
    "name": "sgd",
    "learning_rate": 0.05,
    "learning_rate_min": 0.001,
    "restarts": {"first": 2, "factor": 2},
    "nesterov": True,
    "weight_decay": 1e-4,
}
CONTROLLER = {
    "hidden": 64,
    "lstm_bias": False,
    "initial_range": 0.1,
    "initial_bias": (10, 10, 0, 0, 0),
    "normal_bonus": (0.25, 0.25, -0.25, -0.25, -0.25),
    "temperature": 2.5,
    "tanh_constant": 1.1,
    "operation_tanh_reduce": 1.0,
    "optimizer": {"learning_rate": 0.0035, "weight_decay": 0.0},
    "updates": 2,
    "samples_per_update": 3,
    "entropy_weight": 0.1,
    "baseline_decay": 0.99,
}
PREDICTOR = {
    "token_embedding": 48,
    "hidden": 96,
    "layers": 3,
    "width": 200,
    "dropout": 0.1,
    "initial_range": 0.04,
    "epochs": 3,
    "batch_size": 4,
    "learning_rate": 0.001,
    "weight_decay": 1e-4,
    "gradient_clip": 5.0,
    "trade_off": 0.9,
}


def controller(**changes: Any) -> enas.Controller:
    """Return the paper's controller, with changes, one also to its optimizer."""
    optimizer = {**CONTROLLER["optimizer"], **changes.pop("optimizer", {})}
    return enas.Controller.model_validate({**CONTROLLER, **changes, "optimizer": optimizer})


def enas_settings(**changes: Any) -> enas.Settings:
    """Return settings of a search of seconds."""
    settings = {
        "epochs": 2,
        "batch_size": 8,
        "channels": 2,
        "cells": 3,
        "weights": {**WEIGHTS, **changes.pop("weights", {})},
        "dropout": 0.1,
        "auxiliary_weight": 0.4,
        "controller": controller(**changes.pop("controller", {})).model_dump(),
        "final_samples": 3,
        "final_batches": 1,
    }
    return enas.Settings.model_validate({**settings, **changes})


def predictor(**changes: Any) -> nao.Predictor:
    """Return the paper's encoder, predictor and decoder, fitted shortly."""
    return nao.Predictor.model_validate({**PREDICTOR, **changes})


def nao_settings(**changes: Any) -> nao.Settings:
    """Return settings of a search of seconds: two rounds."""
    weights = {
        "name": "sgd",
        "learning_rate": 0.025,
        "learning_rate_min": 0.001,
        "weight_decay": 3e-4,
        **changes.pop("weights", {}),
    }
    settings = {
        "epochs": 4,
        "evaluate_every": 2,
        "batch_size": 8,
        "evaluation_batch_size": 8,
        "evaluation_batches": 1,
        "channels": 2,
        "cells": 3,
        "weights": weights,
        "dropout": 0.0,
        "drop_path": 0.1,
        "sampling": "parameters",
        "seed_pool": 6,
        "new_per_round": 4,
        "random_per_round": 2,
        "parents": 3,
        "first_step_size": 1,
        "last_step_size": 51,
        "predictor": predictor(**changes.pop("predictor", {})).model_dump(),
    }
    return nao.Settings.model_validate({**settings, **changes})


def averaging_with_frozen_statistics(network: nn.Module) -> nn.Module:
    """Apply the vectors' rule to a supernet, whose batches would normalise themselves."""
    averaging(network)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.zeros_like(module.weight)
            module.running_var = torch.ones_like(module.weight)
    return network


def stop_at(patch: Any, task: type, place: tuple[int, int]) -> None:
    """Have SIGTERM come during the step at `place` (epoch, step, from 0) of a task, once."""
    step = task.step
    sent: list[bool] = []

    def stopping(self: Any, epoch: int, number: int) -> Any:
        if (epoch, number) == place and not sent:
            sent.append(True)
            signal.raise_signal(signal.SIGTERM)
        return step(self, epoch, number)

    patch.setattr(task, "step", stopping)
