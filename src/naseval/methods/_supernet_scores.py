"""Scores of genotypes by the weights that a search shares, between the epochs of the search.

The score of a genotype is its accuracy on the validation part, by the supernet's weights as they
are. Batch normalisation uses the statistics of the scoring batch. Scoring changes nothing of the
search: it has a random stream of its own and is outside the seconds of the history.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.networks.normalisation import batch_statistics
from naseval.randomness import torch_seed
from naseval.training.checkpoint import Stateful
from naseval.training.device import autocast
from naseval.training.history import Row
from naseval.training.loop import EpochTask, Loop, SavedStage
from naseval.training.metrics import accuracy

Subnetwork = Callable[[Tensor], Tensor]
"""The part of a supernet that computes one genotype.

It maps images (B, 3, S, S) to logits (B, classes).
"""
PART = "supernet scores"
"""The name of the scores in checkpoints, and of the stream that orders the images."""


@runtime_checkable
class SharesWeights(Protocol):
    """An `EpochTask` that trains a supernet."""

    @property
    def network(self) -> nn.Module:
        """The supernet."""

    def subnetwork(self, genotype: Genotype) -> Subnetwork | None:
        """Return what computes a genotype; None if the supernet does not contain it."""


def moments(epochs: int, times: int) -> set[int]:
    """Return the epochs, from 1, after which a stage is scored: `times`, as far as it has so many.

    They are at equal distances, and the last epoch is one of them.
    """
    return {ceil(epochs * number / times) for number in range(1, times + 1)}


class ScoringLoop:
    """A `Loop` that runs another one and scores genotypes between its epochs.

    Every stage that trains a supernet is scored after its `moments`, and the first one also before
    its first epoch. `rows` are those of `schemas.SUPERNET_SCORES`; they are a part of the other
    loop's checkpoints.

    Parameters
    ----------
    loop : Loop
        The loop of the search.
    data : TrainingData
        The images of the search.
    genotypes : mapping of str to Genotype
        The genotypes by their names.
    times, batch_size, seed : int
        How often a stage is scored, images per scoring batch, and seed of the search.
    precision : str
        Precision of the search.

    """

    def __init__(
        self,
        loop: Loop,
        data: TrainingData,
        genotypes: Mapping[str, Genotype],
        *,
        times: int,
        batch_size: int,
        seed: int,
        precision: str,
    ) -> None:
        self.loop, self.genotypes, self.times, self.precision = loop, genotypes, times, precision
        # In the order in which they are stored, the images may be sorted by class.
        self.batches = data.batches(
            "validation",
            batch_size=batch_size,
            seed=torch_seed(seed, PART),
            random_transforms=False,
            shuffle=True,
        )
        self.device = data.device
        self.rows: list[Row] = []

    def saved_stage(self) -> SavedStage:
        """Return the stage to continue with; see `Loop.saved_stage`."""
        return self.loop.saved_stage()

    def run(
        self,
        task: EpochTask,
        *,
        epochs: int,
        parts: Mapping[str, Stateful],
        stage: int = 1,
        stop: Callable[[Sequence[Row]], bool] | None = None,
        **options: Any,
    ) -> list[Row]:
        """Run and score the rest of a stage; see `Loop.run`."""

        def scored(rows: Sequence[Row]) -> bool:
            if isinstance(task, SharesWeights):
                epoch = _epochs(rows, stage)
                due = epoch in moments(epochs, self.times) or (stage == 1 and epoch == 0)
                self._score(task, stage, epoch, due=due)
            return stop is not None and stop(rows)

        parts = {**parts, PART: self}
        rows = self.loop.run(task, epochs=epochs, parts=parts, stage=stage, stop=scored, **options)
        if isinstance(task, SharesWeights):
            self._score(task, stage, _epochs(rows, stage), due=True)
        return rows

    def state_dict(self) -> dict[str, Any]:
        """Return the scores so far."""
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Restore the scores."""
        self.rows = state["rows"]

    def _score(self, task: SharesWeights, stage: int, epoch: int, *, due: bool) -> None:
        """Score the genotypes after an epoch, if it is due and was not done before."""
        if not due or any((row["stage"], row["epoch"]) == (stage, epoch) for row in self.rows):
            return
        subnetworks = {name: task.subnetwork(one) for name, one in self.genotypes.items()}
        there = {name: one for name, one in subnetworks.items() if one is not None}
        with batch_statistics(task.network):
            found = dict(zip(there, self._accuracies(list(there.values())), strict=True))
        self.rows += [
            {"stage": stage, "epoch": epoch, "genotype": name, "accuracy": found.get(name)}
            for name in self.genotypes
        ]

    @torch.no_grad()
    def _accuracies(self, subnetworks: Sequence[Subnetwork]) -> list[float]:
        """Return the accuracy of each subnetwork on the same batches, in per cent."""
        correct = torch.zeros(len(subnetworks), dtype=torch.int64, device=self.device)
        images = 0
        for step in range(len(self.batches) if subnetworks else 0):
            x, labels = self.batches.at(0, step)
            images += len(labels)
            for place, subnetwork in enumerate(subnetworks):
                with autocast(self.device, self.precision):
                    logits = subnetwork(x)
                correct[place] += (logits.argmax(1) == labels).sum()
        return [accuracy(count, images) for count in correct.tolist()]


def _epochs(rows: Sequence[Row], stage: int) -> int:
    """Return how many epochs of a stage are done."""
    return sum(row["stage"] == stage for row in rows)
