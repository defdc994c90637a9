"""A problem small enough to train to the end, as the training floor's tests see it."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from naseval.networks.drop_path import DropPath
from naseval.settings.protocol import Protocol

Hook = Callable[[int, int], None]


def nothing(_epoch: int, _step: int) -> None:
    """Do nothing before a step."""


class ToyBatches:
    """Two classes of 4x4 images that differ in brightness, with fresh noise at each step."""

    def __init__(self, images: int, batch_size: int, noise: float, hook: Hook = nothing) -> None:
        self.labels = torch.arange(images) % 2
        self.batch_size = batch_size
        self.noise = noise
        self.hook = hook

    def __len__(self) -> int:
        return -(-len(self.labels) // self.batch_size)

    def at(self, epoch: int, step: int) -> tuple[Tensor, Tensor]:
        self.hook(epoch, step)
        labels = self.labels[step * self.batch_size : (step + 1) * self.batch_size]
        images = (labels * 2.0 - 1).reshape(-1, 1, 1, 1).expand(-1, 3, 4, 4)
        return images + self.noise * torch.randn(images.shape), labels


class ToyNetwork(nn.Module):
    """Batch norm, drop path, and a tower that fails on a single image, like the real networks."""

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
        self.body = nn.Conv2d(4, 4, 3, padding=1)
        self.drop = DropPath()
        self.tower = nn.Sequential(nn.Conv2d(4, 4, 4), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten())
        self.auxiliary = nn.Linear(4, classes)
        self.classifier = nn.Linear(4, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        x = self.stem(x)
        x = torch.relu(x + self.drop(self.body(x)))
        auxiliary = self.auxiliary(self.tower(x)) if self.training else None
        return self.classifier(x.mean((2, 3))), auxiliary


class ToyData:
    """Training and test images; 22 images make batches of 8, 8 and 6."""

    device = torch.device("cpu")

    def __init__(self, hook: Hook = nothing, images: int = 22, noise: float = 0.5) -> None:
        self.hook, self.images, self.noise = hook, images, noise
        self.test_hook = nothing

    def batches(self, part: str, *, batch_size: int, seed: int, **_transforms: Any) -> ToyBatches:
        assert isinstance(seed, int)
        if part == "test":
            return ToyBatches(12, batch_size, 0.0, self.test_hook)
        return ToyBatches(self.images, batch_size, self.noise, self.hook)


def toy_protocol(**changes: Any) -> Protocol:
    """Return a protocol for the toy problem; `changes` replace its settings."""
    optimizer = {"name": "sgd", "learning_rate": 0.1, "learning_rate_min": 0, "weight_decay": 3e-4}
    settings: dict[str, Any] = {
        "epochs": 4,
        "batch_size": 8,
        "test_batch_size": 5,
        "channels": 4,
        "cells": 1,
        "optimizer": optimizer,
        "auxiliary_weight": 0.4,
        "drop_path": 0.3,
        "cutout": 0,
        "autoaugment": False,
        "label_smoothing": 0.1,
        "precision": "float32",
    }
    return Protocol.model_validate(settings | changes)


def timeless(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows without what differs between two equal runs."""
    measured = ("seconds", "images_per_second", "peak_memory", "at_once")
    return [{k: v for k, v in row.items() if k not in measured} for row in rows]
