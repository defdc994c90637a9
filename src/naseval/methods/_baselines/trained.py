"""Candidates that are trained by the protocol of the augmentations, for fewer epochs.

A candidate that is asked for again, for more epochs, goes on where it stood: its training is one
schedule of `Trained.epochs` epochs, whatever number of rungs divides it.
"""

from copy import copy
from typing import Any, Protocol

import numpy as np
from torch import Tensor, nn

from naseval.data.training_data import TrainingData
from naseval.errors import NasevalError
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._baselines.networks import protocol_network
from naseval.methods._baselines.settings import Trained, candidate_space
from naseval.methods._candidates import Candidates, CandidateTask, diverged
from naseval.networks.drop_path import ramp, set_drop_path
from naseval.randomness import stream
from naseval.training.augmentation import train_batch
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics

WORST = -1.0
"""The accuracy of a candidate that diverged, in per cent: less than any that was validated."""


class Algorithm(Protocol):
    """A method's `algorithm.search`."""

    def __call__(
        self, space: Any, evaluate: Any, settings: Any, rng: np.random.Generator, /
    ) -> Genotype: ...


def search_by_training(
    algorithm: Algorithm,
    data: TrainingData,
    settings: Trained,
    *,
    seed: int,
    loop: Loop,
    name: str,
) -> SearchResult:
    """Return what an algorithm finds whose `evaluate` trains the candidate and validates it.

    The history has a row per training. Its `epoch` counts trainings, and its `stage` the lengths
    of training: it is above 1 where a candidate goes on.

    Parameters
    ----------
    algorithm : callable
        `search` of the method's `algorithm.py`.
    data : TrainingData
        The images that searches may use: trained on are those of `train`, chosen by `validation`.
    settings : Trained
        Settings of the method. The algorithm gets them, too.
    seed, loop, name
        As for `Candidates`.

    Raises
    ------
    NasevalError
        If what the algorithm chose diverged, because all candidates like it did.

    """
    trainings = Trainings(data, settings, seed=seed, loop=loop, name=name)
    space = candidate_space(settings)
    found = algorithm(space, trainings.evaluate, settings, stream(seed, name, "search"))
    trainings.validated()
    if trainings.accuracies[found] == WORST:
        raise NasevalError(
            "all candidates that the search trained to the end diverged; lower "
            "protocol.optimizer.learning_rate"
        )
    return SearchResult(found, trainings.rows)


class Trainings(Candidates):
    """Candidates whose trainings can go on.

    Between two trainings the states of all candidates that have epochs left are in main memory, and
    in the checkpoint: the weights of each and the optimizer's state, twice the weights for SGD.
    """

    settings: Trained

    def __init__(
        self, data: TrainingData, settings: Trained, *, seed: int, loop: Loop, name: str
    ) -> None:
        super().__init__(data, settings, seed=seed, loop=loop, name=name)
        self.protocol = settings.protocol.model_copy(
            update={"epochs": settings.epochs, "precision": settings.precision}
        )
        self.training = data.batches(
            "train",
            batch_size=settings.batch_size,
            seed=seed,
            cutout=self.protocol.cutout,
            autoaugment=self.protocol.autoaugment,
        )
        self.accuracies: dict[Genotype, float] = {}
        """Validation accuracies after the last epoch so far, in per cent, in order of first use."""
        self._epochs: dict[Genotype, int] = {}
        self._lengths: list[int] = []
        self._asked = settings.epochs
        self._states: dict[str, Any] = {}
        self._task: Training | None = None

    def evaluate(self, candidate: Genotype, epochs: int | None = None) -> float:
        """Return the validation accuracy after so many epochs of the training, in per cent.

        Only the epochs that are not trained yet are paid. None: the whole training. A candidate
        that diverged has `WORST`, and is trained no more.
        """
        whole = self.settings.epochs
        self._asked = whole if epochs is None else epochs
        trained = self._epochs.get(candidate, 0)
        if self._asked > trained and self.accuracies.get(candidate) != WORST:
            if self._asked not in self._lengths:
                self._lengths.append(self._asked)
            row = self.train(candidate, stage=self._lengths.index(self._asked) + 1)
            self.accuracies[candidate] = WORST if diverged(row) else row["validation_accuracy"]
            self._epochs[candidate] = self._asked
            self._keep_state(goes_on=self._asked < whole and not diverged(row))
        return self.accuracies[candidate]

    def task(self, number: int, genotype: Genotype) -> CandidateTask:
        """Return the rest of a candidate's training, up to the epochs asked for."""
        if number + 1 == self.saved.stage and self.saved.carried_state:
            self._states = self.saved.carried_state
        place = [*dict.fromkeys([*self._epochs, genotype])].index(genotype)
        self._task = Training(self, place, genotype, self._epochs.get(genotype, 0), self._asked)
        for name, state in self._states.pop(str(place), {}).items():
            self._task.parts[name].load_state_dict(state)
        return self._task

    def carried_state(self) -> dict[str, Any]:
        """Return the states of the candidates that may go on, by the order of their first use."""
        return self._states

    def epochs_after(self, task: CandidateTask) -> int:
        """Return how many epochs the budget has after a training."""
        whole = self.settings.trials * self.settings.epochs
        return max(0, whole - sum(self._epochs.values()) - task.epochs)

    def _keep_state(self, *, goes_on: bool) -> None:
        """Keep the state of the candidate that was just trained, if one was, and if it goes on."""
        if self._task is not None and goes_on:
            self._states[str(self._task.number)] = {
                name: on_cpu(part.state_dict()) for name, part in self._task.parts.items()
            }
        self._task = None


class Training(CandidateTask):
    """The epochs of a candidate's training from `begun` up to `until`, an `EpochTask`.

    `number` is the place of the candidate in the order of first use.
    """

    candidates: Trainings

    def __init__(
        self, trainings: Trainings, number: int, genotype: Genotype, begun: int, until: int
    ) -> None:
        self.candidates, self.begun = trainings, begun
        super().__init__(trainings, number, genotype)
        self.epochs = until - begun

    def built(self, genotype: Genotype) -> nn.Module:
        """Return the network that the protocol trains, with its auxiliary tower."""
        protocol = self.candidates.protocol
        dataset = self.candidates.data.dataset
        return protocol_network(
            genotype, dataset, protocol, auxiliary=protocol.auxiliary_weight > 0
        )

    def begin(self, epoch: int) -> None:
        """Set the learning rate, the drop-path probability and training mode."""
        super().begin(epoch)
        protocol = self.candidates.protocol
        set_drop_path(self.network, ramp(self.begun + epoch, protocol.epochs, protocol.drop_path))

    def step(self, epoch: int, step: int) -> Metrics:
        """Train one batch. Every candidate has its own batches."""
        place = self.number * self.settings.epochs + self.begun + epoch
        images, labels = self.candidates.training.at(place, step)
        return train_batch(self.network, images, labels, self.optimizer, self.candidates.protocol)

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch, which that of the whole training is."""
        return super().learning_rate(self.begun + epoch)


def on_cpu(state: Any) -> Any:
    """Return a copy of nested plain data and tensors with the tensors in main memory."""
    if isinstance(state, Tensor):
        return state.detach().to("cpu", copy=True)
    if isinstance(state, dict):
        copied = copy(state)  # keeps the version of a module's state, an attribute
        copied.update((key, on_cpu(entry)) for key, entry in state.items())
        return copied
    return [on_cpu(entry) for entry in state] if isinstance(state, list | tuple) else state
