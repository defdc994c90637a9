"""Made-up images and settings for gradient searches that take seconds."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from naseval.data.images import SmallImages
from naseval.data.training_data import TrainingData
from naseval.methods.darts.settings import Settings
from naseval.randomness import stream
from naseval.settings.base import ArchitectureOptimizer, Optimizer
from naseval.settings.dataset import Channels, Dataset, Split

SIDE = 8
CHANNELS = Channels(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
Hook = Callable[[int, int], None]


def made_up_data(
    train: int = 16, validation: int = 16, classes: int = 2, kind: type[TrainingData] = TrainingData
) -> TrainingData:
    """Return coloured noise; the colour tells the class."""
    dataset = Dataset(
        label="made up",
        source="made_up",
        images="small",
        image_size=SIDE,
        classes=classes,
        split=Split(train=0.5, validation=0.5, test=0.0, seed=0),
        channels=CHANNELS,
    )
    images = _images(train + validation, classes)
    parts = {"train": slice(None, train), "validation": slice(train, None)}
    return kind(
        dataset,
        CHANNELS,
        {name: SmallImages(*(each[part] for each in images)) for name, part in parts.items()},
    )


def darts_settings(**changes: Any) -> Settings:
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
    chosen = {
        "epochs": 2,
        "batch_size": 8,
        "channels": 2,
        "cells": 3,
        "order": 2,
        "legacy_fd_scale": False,
        "skip_rule": "none",
        **changes,
    }
    return Settings(
        weights=Optimizer(**weights), architecture=ArchitectureOptimizer(**architecture), **chosen
    )


def _images(count: int, classes: int) -> tuple[Tensor, Tensor, Tensor]:
    rng = stream("made-up images")
    colours = rng.integers(60, 196, (classes, 3, 1, 1))
    labels = np.arange(count) % classes
    pixels = np.clip(colours[labels] + rng.normal(0, 40, (count, 3, SIDE, SIDE)), 0, 255)
    return (
        torch.tensor(labels),
        torch.arange(count),
        torch.tensor(pixels.astype(np.uint8)),
    )


@dataclass(frozen=True)
class StoppedData(TrainingData):
    """Sends this process SIGTERM when training asks for step 0 of epoch 1 (both from 0)."""

    def batches(self, part: Any, **options: Any) -> Any:
        """Return the batches, those of training with the signal."""
        return _Stopping(super().batches(part, **options), part == "train")


class _Stopping:
    def __init__(self, batches: Any, stops: bool) -> None:
        self.batches, self.stops = batches, stops

    def __len__(self) -> int:
        return len(self.batches)

    def at(self, epoch: int, step: int) -> tuple[Tensor, Tensor]:
        if self.stops and (epoch, step) == (1, 0):
            signal.raise_signal(signal.SIGTERM)
        return self.batches.at(epoch, step)
