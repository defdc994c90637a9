"""The runs of one job: usually one, or several if starting a process costs more than a run."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from naseval import records, schemas
from naseval.data.training_data import TrainingData, load_augmentation_data
from naseval.errors import Interrupted, NasevalError
from naseval.genotype import Genotype
from naseval.script import ScriptRun, logged_to
from naseval.settings.dataset import ImageSettings
from naseval.settings.protocol import Protocol
from naseval.training.augmentation import augment
from naseval.training.networks import build_run_network, initialised
from naseval.training.session import session

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Augmentation:
    """A run with its input and output files.

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


def train_all(script: ScriptRun, device: torch.device, runs: Sequence[Augmentation]) -> None:
    """Train the runs one after the other.

    If one run fails, the others are still trained. Checkpoints are deleted only when all runs have
    finished, so a second attempt trains only the failed runs.
    """
    failed: list[NasevalError] = []
    with ExitStack() as sessions:
        for run in runs:
            with logged_to(run.log):
                try:
                    _train(script, device, run, sessions)
                except Interrupted:
                    raise
                except NasevalError as error:
                    log.error("%s", error)
                    failed.append(error)
        if failed:
            raise NasevalError(_sentence(failed, len(runs)))


def _train(script: ScriptRun, device: torch.device, run: Augmentation, sessions: ExitStack) -> None:
    dataset = ImageSettings(**run.settings["dataset"])
    protocol, seed = Protocol(**run.settings["protocol"]), run.settings["seed"]
    data = _loaded(run.splits.parent, dataset, device, script.resources["workers"])
    training = sessions.enter_context(
        session(script, device, run.settings, run.inputs, run.settings["checkpoint"])
    )
    genotype = Genotype.read(run.genotype) if run.genotype else run.settings["genotype"]
    network = initialised(partial(build_run_network, genotype, dataset, protocol), seed)
    rows = augment(network.to(device), data, protocol, seed=seed, loop=training.loop)
    provenance = script.provenance(run.settings, seed=seed, **training.facts)
    records.write(run.output, records.table(schemas.RUN, rows), provenance)


@cache
def _loaded(
    folder: Path, dataset: ImageSettings, device: torch.device, workers: int
) -> TrainingData:
    return load_augmentation_data(folder, dataset, device, workers)


def _sentence(failed: Sequence[NasevalError], runs: int) -> str:
    return str(failed[0]) if runs == 1 else f"{len(failed)} of {runs} runs failed: {failed[0]}"
