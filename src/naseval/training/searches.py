"""The searches of a job."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from naseval import records, schemas
from naseval.data.prepared import check_prepared
from naseval.data.training_data import TrainingData, load_search_data
from naseval.methods import SearchResult, get_method, get_settings
from naseval.methods._supernet_scores import ScoringLoop
from naseval.script import ScriptRun
from naseval.settings.base import SearchSettings
from naseval.settings.dataset import ImageSettings
from naseval.spaces._files import read_architecture
from naseval.training.device import arithmetic
from naseval.training.loop import Loop
from naseval.training.session import Session


@dataclass
class Search:
    """A search with its input and output files, a `Training`.

    `settings` has those of `naseval.studies.search_settings`, and `checkpoint`.
    """

    settings: dict[str, Any]
    inputs: list[Path]
    genotype: Path
    history: Path
    log: Path

    epochs = 0
    """Methods have epochs of their own, so the time to go in a job's log is that of one search."""

    @property
    def alike(self) -> Path:
        """The folder of all searches of this method on this dataset."""
        return self.history.parents[1]

    def train(self, script: ScriptRun, device: torch.device, training: Session) -> None:
        """Search; write the history, whose provenance has the genotype, and the genotype."""
        data, settings = self.prepared(script, device)
        self.write(self.found(data, settings, training.loop), script, training)

    def prepared(
        self, script: ScriptRun, device: torch.device
    ) -> tuple[TrainingData, SearchSettings]:
        """Return the images and the settings of the method.

        Raise `NasevalError` if the images were prepared with other settings.
        """
        folder = self.inputs[0].parent
        check_prepared(folder, self.settings["dataset"], self.settings["prepared"])
        dataset = ImageSettings(**self.settings["dataset"])
        data = load_search_data(folder, dataset, device, script.resources["workers"])
        return data, get_settings(self.settings["algorithm"])(**self.settings["search"])

    def found(self, data: TrainingData, settings: SearchSettings, loop: Loop) -> SearchResult:
        """Return what the method finds in a loop."""
        method = get_method(self.settings["algorithm"])
        with arithmetic(settings.precision):
            result: SearchResult = method.search(
                data, settings, seed=self.settings["seed"], loop=loop
            )
        return result

    def write(self, result: SearchResult, script: ScriptRun, training: Session) -> dict[str, Any]:
        """Write the history and the genotype, and return the provenance."""
        provenance = script.provenance(
            self.settings,
            seed=self.settings["seed"],
            genotype=result.genotype.to_dict(),
            **training.facts,
        )
        records.write(self.history, records.table(schemas.HISTORY, result.history), provenance)
        result.genotype.write(self.genotype)
        return provenance


@dataclass
class ScoredSearch(Search):
    """A search during which its shared weights score random architectures.

    `settings["scored"]` has `times`, `batch_size` and, by name, the `architectures`: the settings
    of their draws. `architectures` are their files, in the same order, and `scores` is one more
    output (`schemas.SUPERNET_SCORES`).
    """

    architectures: list[Path]
    scores: Path

    def train(self, script: ScriptRun, device: torch.device, training: Session) -> None:
        """Search; write the scores, the history and the genotype.

        Raise `NasevalError` if the images or an architecture were made with other settings.
        """
        data, settings = self.prepared(script, device)
        scored = self.settings["scored"]
        draws = zip(scored["architectures"].items(), self.architectures, strict=True)
        loop = ScoringLoop(
            training.loop,
            data,
            {name: read_architecture(file, draw) for (name, draw), file in draws},
            times=scored["times"],
            batch_size=scored["batch_size"],
            seed=self.settings["seed"],
            precision=settings.precision,
        )
        provenance = self.write(self.found(data, settings, loop), script, training)
        table = records.table(schemas.SUPERNET_SCORES, loop.rows)
        records.write(self.scores, table, provenance)
