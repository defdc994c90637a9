"""Settings of PC-DARTS, SDARTS-RS, DARTS- and DARTS-ES for searches that take seconds."""

from typing import Any

from naseval.methods import get_settings

COMMON = {"epochs": 2, "batch_size": 8, "channels": 4, "cells": 1}
STOPPING = {"every": 1, "window": 1, "distance": 1, "first": 0, "factor": 100.0}
OWN: dict[str, dict[str, Any]] = {
    "pcdarts": {"warm_up": 1, "parts": 2},
    "sdarts_rs": {"perturbation": {"start": 0.03, "end": 0.3}},
    "darts_minus": {"beta": 1.0},
    "darts_es": {"order": 1, "channels": 2, "early_stopping": STOPPING},
}


def settings_of(method: str, **changes: Any) -> Any:
    """Return settings of a search of seconds, with changes to the optimizers merged in."""
    weights = {
        "name": "sgd",
        "learning_rate": 0.025,
        "learning_rate_min": 0.001,
        "weight_decay": 3e-4,
        **changes.pop("weights", {}),
    }
    architecture = {
        "learning_rate": 3e-4,
        "weight_decay": 1e-3,
        **changes.pop("architecture", {}),
    }
    chosen = {**COMMON, **OWN[method], **changes}
    return get_settings(method)(weights=weights, architecture=architecture, **chosen)
