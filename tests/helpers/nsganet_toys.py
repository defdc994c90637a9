"""Settings of NSGA-Net searches that take seconds."""

from typing import Any

from naseval.methods.nsganet.settings import Settings
from naseval.settings.base import Optimizer


def nsganet_settings(**changes: Any) -> Settings:
    """Return settings of a search of seconds, with changes to the optimizer merged in."""
    weights = {
        "name": "sgd",
        "learning_rate": 0.025,
        "learning_rate_min": 0.0,
        "weight_decay": 3e-4,
        **changes.pop("weights", {}),
    }
    chosen = {
        "population": 4,
        "offspring": 2,
        "generations": 3,
        "crossover_probability": 1.0,
        "mutation_probability": 0.025,
        "mutation_eta": 3.0,
        "epochs": 2,
        "batch_size": 8,
        "channels": 2,
        "cells": 3,
        **changes,
    }
    return Settings(weights=Optimizer(**weights), **chosen)
