"""Settings of CNAS searches that take seconds."""

from typing import Any

from naseval.methods.cnas.settings import Settings
from naseval.settings.base import ArchitectureOptimizer, Optimizer


def cnas_settings(**changes: Any) -> Settings:
    """Return settings of a search of seconds, with changes to the optimizers merged in."""
    weights = {
        "name": "adam",
        "learning_rate": 0.025,
        "learning_rate_min": 0.003,
        "weight_decay": 3e-4,
        **changes.pop("weights", {}),
    }
    architecture = {
        "learning_rate": 3e-4,
        "weight_decay": 1e-3,
        **changes.pop("architecture", {}),
    }
    chosen = {"epochs": 2, "batch_size": 8, "channels": 2, "cells": 3, "cutout": 2, **changes}
    return Settings(
        weights=Optimizer(**weights), architecture=ArchitectureOptimizer(**architecture), **chosen
    )
