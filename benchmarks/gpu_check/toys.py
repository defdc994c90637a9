"""Small images and settings: every method and a run, in seconds each."""

from dataclasses import replace
from typing import Any

import torch
import yaml
from benchmarks.bench.cases import ROOT
from snakemake.utils import update_config

from naseval.config import load_config
from naseval.data.images import SmallImages
from naseval.data.training_data import TrainingData
from naseval.settings.dataset import Channels, ImageSettings
from naseval.settings.protocol import Protocol

DATASET = "digits"
IMAGES, BATCH, SIDE, CLASSES = 40, 16, 32, 10
"""Two whole batches and one of eight images."""
EPOCHS = 2


def _demo() -> Any:
    raw: dict[str, Any] = {}
    for name in ("config.yaml", "demo.yaml"):
        text = (ROOT / "config" / name).read_text(encoding="utf-8")
        update_config(raw, yaml.safe_load(text))
    return load_config(raw)


CONFIG = _demo()
METHODS: tuple[str, ...] = tuple(CONFIG.methods)


def images(device: torch.device) -> TrainingData:
    """Return noise for a search, on the device."""
    generator = torch.Generator().manual_seed(0)
    parts = {}
    for number, name in enumerate(("train", "validation")):
        pixels = torch.randint(256, (IMAGES, 3, SIDE, SIDE), generator=generator)
        labels = torch.randint(CLASSES, (IMAGES,), generator=generator)
        samples = torch.arange(IMAGES) + number * IMAGES
        parts[name] = SmallImages(labels, samples, pixels.to(torch.uint8)).to(device)
    dataset = ImageSettings(images="small", image_size=SIDE, classes=CLASSES)
    channels = Channels(mean=(0.5,) * 3, std=(0.25,) * 3)
    return TrainingData(dataset, channels, parts)


def run_images(device: torch.device) -> TrainingData:
    """Return noise for a run, on the device."""
    data = images(device)
    parts = {"train": data.parts["train"], "test": data.parts["validation"]}
    return replace(data, parts=parts, purpose="augmentation")


def search_settings(method: str) -> Any:
    """Return the demo's settings of a method, for more steps in an epoch and two epochs."""
    changes: dict[str, Any] = {"epochs": EPOCHS, "batch_size": BATCH}
    if method == "darts":
        changes["order"] = 2
    return CONFIG.search_settings(method, DATASET).model_copy(update=changes)


def protocol() -> Protocol:
    """Return the demo's protocol of DARTS with AutoAugment, for more steps and two epochs."""
    found: Protocol = CONFIG.protocol("cda-aa", DATASET)
    return found.model_copy(update={"epochs": EPOCHS, "batch_size": BATCH})
