"""Settings of MANAS and MANAS-LS searches that take seconds."""

from typing import Any

from naseval.methods.manas import settings as manas
from naseval.methods.manas_ls import settings as manas_ls

COMMON = {"epochs": 2, "batch_size": 8, "channels": 2, "cells": 3, "recommend": "argmax"}
WEIGHTS = {
    "name": "sgd",
    "learning_rate": 0.025,
    "learning_rate_min": 0.001,
    "weight_decay": 3e-4,
}


def manas_settings(**changes: Any) -> manas.Settings:
    """Return MANAS's settings, with changes, those of the optimizer merged in."""
    policy = {"baseline": 5.0, "gamma": 0.1, "temperature": {"start": 30.0, "end": 10.0}}
    return manas.Settings.model_validate({**policy, **_chosen(changes)})


def manas_ls_settings(**changes: Any) -> manas_ls.Settings:
    """Return MANAS-LS's settings, with changes, those of the optimizer merged in."""
    return manas_ls.Settings.model_validate(_chosen(changes))


def _chosen(changes: dict[str, Any]) -> dict[str, Any]:
    weights = {**WEIGHTS, **changes.pop("weights", {})}
    return {**COMMON, **changes, "weights": weights}
