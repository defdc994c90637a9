"""The augmentations of a job."""

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from naseval import records, schemas
from naseval.data.prepared import check_prepared
from naseval.data.training_data import TrainingData, load_augmentation_data
from naseval.errors import Diverged
from naseval.script import ScriptRun
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.spaces._files import read_architecture
from naseval.training.augmentation import augment
from naseval.training.networks import ready_network
from naseval.training.session import Session

log = logging.getLogger(__name__)


@dataclass
class Augmentation:
    """A run with its input and output files, a `Training`.

    `settings` has those of `naseval.studies.run_settings`, and `checkpoint`. `genotype` is the
    genotype's file, or None for a fixed network.
    """

    settings: dict[str, Any]
    images: Path
    splits: Path
    channels: Path
    genotype: Path | None
    output: Path
    log: Path

    @property
    def epochs(self) -> int:
        """The epochs of its protocol."""
        return int(self.settings["protocol"]["epochs"])

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
        """Train the genotype and write a row per epoch.

        Raise `NasevalError` if the genotype or the images were made with other settings.

        A training that diverges is a result too: the rows of its finite epochs, perhaps none. Its
        provenance has the epoch, from 1, as `diverged_in_epoch`, and every study decides what it
        makes of it (`naseval.studies._gather`).
        """
        check_prepared(self.splits.parent, self.settings["dataset"], self.settings["prepared"])
        dataset = ImageSettings(**self.settings["dataset"])
        protocol, seed = Protocol(**self.settings["protocol"]), self.settings["seed"]
        data = _loaded(self.splits.parent, dataset, device, script.resources["workers"])
        genotype = (
            read_architecture(self.genotype, self.settings["architecture"])
            if self.genotype
            else self.settings["genotype"]
        )
        network = ready_network(genotype, dataset, protocol, seed=seed, device=device)
        facts = dict(training.facts)
        try:
            rows = augment(network, data, protocol, seed=seed, loop=training.loop)
        except Diverged as error:
            rows, facts["diverged_in_epoch"] = error.rows, len(error.rows) + 1
            log.warning("%s; the epochs before are kept", error)
        provenance = script.provenance(self.settings, seed=seed, **facts)
        records.write(self.output, records.table(schemas.RUN, rows), provenance)


@cache
def _loaded(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int
) -> TrainingData:
    return load_augmentation_data(folder, dataset, device, workers)
