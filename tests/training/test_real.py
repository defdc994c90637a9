"""Augmentation on the real networks and batches, as small as they come."""

import os
import signal

import numpy as np
import pytest
import torch

from fixtures_networks import build_network
from naseval.data.images import SmallImages
from naseval.data.training_data import TrainingData
from naseval.errors import Interrupted
from naseval.randomness import stream
from naseval.settings.dataset import Channels, ImageSettings
from naseval.spaces import get_space
from naseval.training.augmentation import augment
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from naseval.training.networks import initialised
from training_toy import timeless, toy_protocol

DATASET = ImageSettings(images="small", image_size=32, classes=2)
CHANNELS = Channels(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
PROTOCOL = toy_protocol(epochs=2, cells=3, cutout=8, autoaugment=True)


def images(count, first):
    """Return bright images of class 1 and dark ones of class 0, with noise."""
    random = stream(1, "toy images", first)
    labels = np.arange(count) % 2
    pixels = random.integers(0, 100, (count, 3, 32, 32)) + 120 * labels.reshape(-1, 1, 1, 1)
    samples = torch.arange(first, first + count)
    return SmallImages(torch.from_numpy(labels), samples, torch.from_numpy(pixels.astype(np.uint8)))


def network():
    space = get_space("darts")
    genotype = space.sample(stream(1, "toy genotype"))
    size = {"images": "small", "image_size": 32, "classes": 2, "channels": 4, "cells": 3}
    return initialised(lambda: build_network(genotype, auxiliary=True, **size), 3)


def train(checkpoint=None, workers=0):
    parts = {"train": images(17, 0), "test": images(9, 50)}
    data = TrainingData(DATASET, CHANNELS, parts, "augmentation", workers)
    trained = network()
    return augment(trained, data, PROTOCOL, seed=3, loop=EpochLoop(checkpoint)), trained


def test_the_real_tower_needs_two_images():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        network().train()(torch.zeros(1, 3, 32, 32))


def test_it_trains_and_resumes_bit_by_bit_with_and_without_workers(tmp_path, monkeypatch):
    rows, straight = train(workers=2)
    assert [row["epoch"] for row in rows] == [1, 2]

    step = torch.optim.SGD.step
    monkeypatch.setattr(
        torch.optim.SGD, "step", lambda *a: (step(*a), os.kill(os.getpid(), signal.SIGTERM))
    )
    checkpoint = Checkpoint(tmp_path / "run.pt", "same")
    for _ in range(4):  # two steps in each of two epochs; the batch of one image is left out
        with pytest.raises(Interrupted):
            train(checkpoint)
    monkeypatch.undo()
    resumed_rows, resumed = train(checkpoint)
    assert timeless(resumed_rows) == timeless(rows)
    for name, value in straight.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
