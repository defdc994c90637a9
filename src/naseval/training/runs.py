"""The augmentations of a job."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from naseval import records, schemas
from naseval.data.training_data import TrainingData, load_augmentation_data
from naseval.genotype import Genotype
from naseval.script import ScriptRun
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.training.augmentation import augment
from naseval.training.networks import ready_network
from naseval.training.session import Session


@dataclass
class Augmentation:
    """A run with its input and output files, a `Training`.

    `settings` has the genotype's name, `seed`, `dataset`, `protocol` and `checkpoint`. `genotype`
    is the genotype's file, or None for a fixed network.
    """

    settings: dict[str, Any]
    images: Path
    splits: Path
    channels: Path
    genotype: Path | None
    output: Path
    log: Path

    @property
    def inputs(self) -> list[Path]:
        """Files that the result depends on."""
        files = [self.images, self.splits, self.channels]
        return [*files, self.genotype] if self.genotype else files

    @property
    def alike(self) -> Path:
        """The folder of all runs under this protocol on this dataset."""
        return self.output.parents[self.settings["genotype"].count("/") + 1]

    def train(self, script: ScriptRun, device: torch.device, training: Session) -> None:
        """Train the genotype and write a row per epoch."""
        dataset = ImageSettings(**self.settings["dataset"])
        protocol, seed = Protocol(**self.settings["protocol"]), self.settings["seed"]
        data = _loaded(self.splits.parent, dataset, device, script.resources["workers"])
        genotype = Genotype.read(self.genotype) if self.genotype else self.settings["genotype"]
        network = ready_network(genotype, dataset, protocol, seed=seed, device=device)
        rows = augment(network, data, protocol, seed=seed, loop=training.loop)
        provenance = script.provenance(self.settings, seed=seed, **training.facts)
        records.write(self.output, records.table(schemas.RUN, rows), provenance)


@cache
def _loaded(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int
) -> TrainingData:
    return load_augmentation_data(folder, dataset, device, workers)
