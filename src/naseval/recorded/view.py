"""What one search may see of a table, what it pays, and what is reported of its choice.

Architectures are numbered from 0 in the order of the table, and accuracies are in per cent. A
method sees numbers of a `View` alone. What is reported comes from `outcome`, after the search.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from naseval.methods._trials import SampledSpace

Accuracies = NDArray[np.float64]


class Outcome(NamedTuple):
    """Accuracies of an architecture that a search chose, in per cent."""

    reported: float
    """Of one training, as the paper reports one training of each genotype."""
    truth: float
    """The mean over all trainings that may be reported."""
    best: float | None = None
    """The highest accuracy over the epochs, if they are known; `reported` is the last epoch's."""


class View(Protocol):
    """What one search sees."""

    def evaluate(self, architecture: int, epochs: int | None = None, /) -> float:
        """Return the accuracy of a training; after so many epochs, if the table has fidelities."""

    @property
    def cost(self) -> float | None:
        """What the evaluations cost so far, if it is known; a repeat is free."""

    @property
    def unit(self) -> str:
        """The unit of the cost."""

    def outcome(self, architecture: int, /) -> Outcome:
        """Return what is reported of an architecture."""


class Trainings(Protocol):
    """The trainings of a table."""

    def view(self, rng: np.random.Generator, /) -> View:
        """Return what a search sees. All random choices of what it sees are drawn from `rng`."""


@dataclass(frozen=True)
class Scores:
    """A score of every architecture that needs no training; the higher, the better."""

    values: Accuracies
    seconds: Accuracies | None = None
    """What computing each took, if it is known."""


@dataclass
class ScoresView:
    """What a search sees that needs no training."""

    scores: Scores
    scored: list[int] = field(default_factory=list)
    unit: str = "seconds"

    def evaluate(self, architecture: int) -> float:
        """Return the score of an architecture."""
        self.scored.append(architecture)
        return float(self.scores.values[architecture])

    @property
    def cost(self) -> float | None:
        """The seconds that the scores took."""
        seconds = self.scores.seconds
        return None if seconds is None else float(seconds[list(dict.fromkeys(self.scored))].sum())


@dataclass(frozen=True)
class Table:
    """A table of trainings, as its reader returns it."""

    names: tuple[str, ...]
    """The architectures' names, in the order of their numbers."""
    space: SampledSpace[int]
    """Draws numbers of architectures; it has neighbours and mutations if the table has them."""
    trainings: Trainings
    scores: Mapping[str, Scores] = field(default_factory=dict)


@dataclass(frozen=True)
class Pool:
    """So many architectures of a larger space, without neighbours."""

    size: int

    def sample(self, rng: np.random.Generator) -> int:
        """Draw the number of an architecture, uniformly."""
        return int(rng.integers(self.size))


@dataclass(frozen=True)
class Repeats:
    """Several trainings of each architecture: a search sees one, and another is reported.

    `accuracies` has the shape (architectures, trainings), with two trainings or more.
    """

    accuracies: Accuracies

    def view(self, rng: np.random.Generator) -> "RepeatsView":
        """Draw, for each architecture, the training that the search sees and the reported one."""
        architectures, trainings = len(self.accuracies), self.accuracies.shape[1]
        seen = rng.integers(trainings, size=architectures, dtype=np.int64)
        others = rng.integers(1, trainings, size=architectures, dtype=np.int64)
        return RepeatsView(self.accuracies, seen, (seen + others) % trainings)


@dataclass
class RepeatsView:
    """One training of each architecture, the same however often it is asked for."""

    accuracies: Accuracies
    seen: NDArray[np.int64]
    reported: NDArray[np.int64]
    evaluated: set[int] = field(default_factory=set)
    unit: str = "trainings"

    def evaluate(self, architecture: int, epochs: int | None = None) -> float:
        """Return the accuracy of the training that this search sees."""
        assert epochs is None, "these trainings have no fidelities"
        self.evaluated.add(architecture)
        return float(self.accuracies[architecture, self.seen[architecture]])

    @property
    def cost(self) -> float:
        """The number of distinct trainings."""
        return len(self.evaluated)

    def outcome(self, architecture: int) -> Outcome:
        """Return the reported training, and the mean of all that the search does not see."""
        trainings = self.accuracies[architecture]
        unseen = np.delete(trainings, self.seen[architecture])
        return Outcome(float(trainings[self.reported[architecture]]), float(unseen.mean()))


@dataclass(frozen=True)
class Curves:
    """One training of each architecture with all its epochs; the last epoch is never seen.

    `accuracies` has the shape (architectures, epochs).
    """

    accuracies: Accuracies

    def view(self, _rng: np.random.Generator) -> "CurvesView":
        """Return the epochs before the last one; nothing is drawn."""
        return CurvesView(self.accuracies)


@dataclass
class CurvesView:
    """Trainings that continue: an evaluation pays the epochs beyond those already trained."""

    accuracies: Accuracies
    trained: dict[int, int] = field(default_factory=dict)
    unit: str = "epochs"

    def evaluate(self, architecture: int, epochs: int | None = None) -> float:
        """Return the accuracy after so many epochs, by default after all but the last."""
        most = self.accuracies.shape[1] - 1
        epochs = most if epochs is None else epochs
        assert 1 <= epochs <= most, "a method sees no other epochs"
        self.trained[architecture] = max(epochs, self.trained.get(architecture, 0))
        return float(self.accuracies[architecture, epochs - 1])

    @property
    def cost(self) -> float:
        """The number of epochs."""
        return sum(self.trained.values())

    def outcome(self, architecture: int) -> Outcome:
        """Return the accuracy after the last epoch, and the highest over the epochs."""
        curve = self.accuracies[architecture]
        return Outcome(float(curve[-1]), float(curve[-1]), float(curve.max()))


@dataclass(frozen=True)
class Predictions:
    """One number for each architecture, which is reported and which no method sees."""

    accuracies: Accuracies

    def view(self, _rng: np.random.Generator) -> "PredictionsView":
        """Return a view without anything to see."""
        return PredictionsView(self.accuracies)


@dataclass
class PredictionsView:
    """Nothing to see: a method has only scores."""

    accuracies: Accuracies
    cost: float = 0
    unit: str = "trainings"

    def evaluate(self, architecture: int, epochs: int | None = None) -> float:
        """Raise `AssertionError`; no method that needs accuracies is planned."""
        raise AssertionError(f"no method may see the prediction of {architecture} ({epochs})")

    def outcome(self, architecture: int) -> Outcome:
        """Return the prediction."""
        prediction = float(self.accuracies[architecture])
        return Outcome(prediction, prediction)
