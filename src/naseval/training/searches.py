"""The searches of a job."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from naseval import records, schemas
from naseval.data.training_data import load_search_data
from naseval.methods import get_method, get_settings
from naseval.script import ScriptRun
from naseval.settings.dataset import ImageSettings
from naseval.training.device import arithmetic
from naseval.training.session import Session


@dataclass
class Search:
    """A search with its input and output files, a `Training`.

    `settings` has `algorithm`, `search`, `seed`, `dataset` and `checkpoint`.
    """

    settings: dict[str, Any]
    inputs: list[Path]
    genotype: Path
    history: Path
    log: Path

    @property
    def alike(self) -> Path:
        """The folder of all searches of this method on this dataset."""
        return self.history.parents[1]

    def train(self, script: ScriptRun, device: torch.device, training: Session) -> None:
        """Search; write the history and the genotype."""
        algorithm, seed = self.settings["algorithm"], self.settings["seed"]
        data = load_search_data(
            self.inputs[0].parent,
            ImageSettings(**self.settings["dataset"]),
            device,
            script.resources["workers"],
        )
        settings = get_settings(algorithm)(**self.settings["search"])
        with arithmetic(settings.precision):
            found = get_method(algorithm).search(data, settings, seed=seed, loop=training.loop)
        provenance = script.provenance(self.settings, seed=seed, **training.facts)
        records.write(self.history, records.table(schemas.HISTORY, found.history), provenance)
        found.genotype.write(self.genotype)
