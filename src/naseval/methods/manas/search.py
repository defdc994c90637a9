"""MANAS: a multi-agent search that trains one sampled path at a time (Carlucci et al., 2019).

This is a reconstruction: no program is public, and the papers leave several points open
(docs/methods/manas.md).
"""

from collections.abc import Mapping

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._paths.paths import AGENTS, OPERATIONS, Table, draw_paths, recommended
from naseval.methods._paths.rounds import Rounds, RoundsTask
from naseval.methods.manas.boltzmann import Boltzmann, temperature
from naseval.methods.manas.settings import Settings
from naseval.randomness import stream
from naseval.training.checkpoint import Stateful
from naseval.training.history import Row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space.

    The training part trains the weights, the validation part gives the agents' rewards. The result
    is the genotype that the policies of the last epoch recommend.
    """
    task = ManasTask(data, settings, seed)
    history = loop.run(
        task,
        epochs=settings.epochs,
        steps=len(task.rounds),
        parts=task.parts,
        stream_names=(seed, "manas"),
    )
    return SearchResult(Genotype.from_json(history[-1]["genotype"]), history)


class ManasTask(RoundsTask):
    """The epochs of the search, an `EpochTask`. A step is a round of all agents."""

    def __init__(self, data: TrainingData, settings: Settings, seed: int) -> None:
        self.settings, self.seed = settings, seed
        self.rounds = Rounds(data, settings, seed)
        self.agents = Boltzmann(AGENTS, OPERATIONS, settings.gamma)

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that the search changes."""
        return {**self.rounds.parts, "agents": self.agents}

    def begin(self, epoch: int) -> None:
        """Prepare the rounds."""
        self.rounds.begin(epoch)

    def step(self, epoch: int, step: int) -> Metrics:
        """Draw a path, train and validate it, and reward the agents.

        The next path depends on the reward, so every round waits for its validation loss.
        """
        policy = self._policy(epoch)
        path = draw_paths(policy, stream(self.seed, "paths", epoch, step), 1)[0]
        totals, loss = self.rounds.play(epoch, step, path)
        self.agents.learn(path, policy, self.settings.baseline - float(loss))
        return totals

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`."""
        policy = self._policy(epoch)
        genotype = recommended(
            self.agents.strengths(policy),
            policy,
            self.settings.recommend,
            stream(self.seed, "recommendation", epoch),
        )
        return self.rounds.row(epoch, totals, policy, genotype)

    def _policy(self, epoch: int) -> Table:
        decay = self.settings.temperature
        return self.agents.policy(temperature(epoch, self.settings.epochs, decay.start, decay.end))
