"""NSGA-Net: a genetic search for low error and low cost (Lu et al., GECCO 2019).

NSGA-II breeds genomes of 40 integers; each is trained from scratch for some epochs and judged by
its validation error and its cost. No weights are shared. A stage of the training loop is one
individual, so a search resumes within any individual's epoch; the individuals already trained are
read from the checkpoint's rows while the evolution is run through again.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from torch.nn import functional as F

from naseval.data.training_data import SearchData
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.methods._search import SearchResult
from naseval.methods.nsganet.flops import flops
from naseval.methods.nsganet.settings import Settings
from naseval.randomness import torch_seed
from naseval.spaces.nsganet.space import UPPER_BOUNDS, decode
from naseval.training.checkpoint import Checkpoint
from naseval.training.device import autocast, peak_memory
from naseval.training.loop import Row, run_epochs, saved_stage
from naseval.training.metrics import Sums, accuracy, evaluate, sums
from naseval.training.networks import build_network, initialised
from naseval.training.optimizers import (
    build_optimizer,
    clip_gradients,
    learning_rate,
    set_learning_rate,
)

log = logging.getLogger(__name__)

MILLION = 1e6


def search(
    data: SearchData, settings: Settings, *, seed: int, checkpoint: Checkpoint | None
) -> SearchResult:
    """Search the NSGA-Net space; the result is the final population's lowest validation error.

    Of equals the cheaper wins. The history has one row per individual: `stage` is its generation,
    `epoch` its place in it.
    """
    # pymoo, which only a running search needs
    from naseval.methods.nsganet.nsga2 import Evolution

    evolution = Evolution(UPPER_BOUNDS, settings, torch_seed(seed, "nsganet", "evolution"))
    trials = _Trials(data, settings, seed, checkpoint)
    generation = 0
    while genomes := evolution.ask():
        generation += 1
        places = enumerate(genomes, start=1)
        evolution.tell([trials.objectives(generation, *place) for place in places])
    survivors = evolution.survivors()
    best = min(survivors, key=lambda survivor: survivor.objectives)
    front = {survivor.number for survivor in survivors if not survivor.dominated}
    return SearchResult(decode(best.genome), trials.history(front))


class _Trials:
    """The individuals that have been trained, one row each, in the order of their numbers."""

    def __init__(
        self, data: SearchData, settings: Settings, seed: int, checkpoint: Checkpoint | None
    ) -> None:
        self.data, self.settings, self.seed, self.checkpoint = data, settings, seed, checkpoint
        self.training = data.batches("train", batch_size=settings.batch_size, seed=seed)
        self.validation = data.batches(
            "validation", batch_size=settings.batch_size, seed=seed, augmented=False, shuffle=False
        )
        saved = saved_stage(checkpoint)
        self.known = saved.rows[: saved.stage - 1]
        self.rows: list[Row] = []

    def objectives(self, generation: int, place: int, genome: Sequence[int]) -> tuple[float, float]:
        """Return an individual's validation error (per cent) and cost (millions), in turn."""
        number, genotype = len(self.rows), decode(genome)
        if number < len(self.known):
            row = self.known[number]
        else:
            row = self._trained(number, genotype) | {"stage": generation, "epoch": place}
        if Genotype.from_json(row["genotype"]) != genotype:
            raise NasevalError(
                f"the checkpoint's individual {number + 1} is not the one bred now (another "
                "release of pymoo?); delete the checkpoint and run again"
            )
        self.rows.append(row)
        return 100 - row["validation_accuracy"], row["flops"]

    def history(self, front: set[int]) -> list[dict[str, Any]]:
        """Return all rows, marked by whether their individual is among `front`."""
        return [row | {"front": number in front} for number, row in enumerate(self.rows)]

    def _trained(self, number: int, genotype: Genotype) -> Row:
        """Train an individual and return its row, without its generation and place."""
        trial = _Trial(self, number, genotype)
        rows = run_epochs(
            trial,
            epochs=self.settings.epochs,
            steps=len(self.training),
            parts={"network": trial.network, "optimizer": trial.optimizer},
            checkpoint=self.checkpoint,
            names=(self.seed, "nsganet"),
            stage=number + 1,
            rows=self.rows,
        )[number:]
        last = rows[-1]
        cost = flops(trial.network, self.data.dataset.image_size) / MILLION
        log.info(
            "individual %d: %.2f %% validation accuracy, %.2f million FLOPs",
            number + 1,
            last["validation_accuracy"],
            cost,
        )
        return last | {
            "seconds": sum(row["seconds"] for row in rows),
            "peak_memory": max(row["peak_memory"] for row in rows),
            "genotype": genotype.to_json(),
            "flops": cost,
        }


class _Trial:
    """The training of one individual, an `EpochTask`."""

    def __init__(self, trials: _Trials, number: int, genotype: Genotype) -> None:
        data, self.settings, self.number = trials.data, trials.settings, number
        self.training, self.validation, self.device = (
            trials.training,
            trials.validation,
            data.device,
        )
        self.network = initialised(
            lambda: build_network(
                genotype,
                data.dataset,
                channels=self.settings.channels,
                cells=self.settings.cells,
                auxiliary=False,
            ),
            torch_seed(trials.seed, "nsganet", number),
        ).to(self.device)
        self.optimizer = build_optimizer(self.network.parameters(), self.settings.weights)

    def begin(self, epoch: int) -> None:
        set_learning_rate(self.optimizer, self._learning_rate(epoch))
        self.network.train()

    def step(self, epoch: int, step: int) -> Sums:
        """Train one batch; every individual sees batches of its own."""
        images, labels = self.training.at(self.number * self.settings.epochs + epoch, step)
        with autocast(self.device, self.settings.precision):
            logits, _ = self.network(images)
        loss = F.cross_entropy(logits.float(), labels)
        self.optimizer.zero_grad()
        loss.backward()
        clip_gradients(self.network.parameters(), self.settings.weights)
        self.optimizer.step()
        return sums(logits.detach(), labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the epoch's row; validation, on untransformed images, is after the last epoch."""
        row = {
            "train_loss": totals["loss"] / totals["images"],
            "train_accuracy": accuracy(totals),
            "learning_rate": self._learning_rate(epoch),
            "peak_memory": peak_memory(self.device),
        }
        if epoch + 1 == self.settings.epochs:
            tested = evaluate(self.network, self.validation, self.device, self.settings.precision)
            row["validation_loss"] = tested["loss"] / tested["images"]
            row["validation_accuracy"] = accuracy(tested)
        return row

    def _learning_rate(self, epoch: int) -> float:
        return learning_rate(self.settings.weights, epoch, self.settings.epochs)
