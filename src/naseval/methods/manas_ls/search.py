"""MANAS-LS: the agents of MANAS, trained by least squares (Carlucci et al., 2019).

This is a reconstruction: no program is public, and the papers leave several points open
(docs/methods/manas.md).
"""

from collections.abc import Mapping

import torch

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._paths.paths import AGENTS, OPERATIONS, Paths, draw_paths, recommended
from naseval.methods._paths.rounds import Rounds, RoundsTask
from naseval.methods.manas_ls.settings import Settings
from naseval.methods.manas_ls.zipf import Zipf
from naseval.randomness import stream
from naseval.training.checkpoint import Stateful, TensorState
from naseval.training.history import Row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space.

    The training part trains the weights, and the losses on the validation part rank the operations.
    The result is the genotype that the ranks after the last epoch recommend.
    """
    task = ManasLsTask(data, settings, seed)
    history = loop.run(
        task,
        epochs=settings.epochs,
        steps=len(task.rounds),
        parts=task.parts,
        stream_names=(seed, "manas_ls"),
    )
    return SearchResult(Genotype.from_json(history[-1]["genotype"]), history)


class ManasLsTask(RoundsTask):
    """The epochs of the search, an `EpochTask`. The agents learn at the end of each epoch.

    Policies do not change within an epoch. So all paths of an epoch are drawn at its start, and the
    losses stay on the device until its end.
    """

    paths: Paths

    def __init__(self, data: TrainingData, settings: Settings, seed: int) -> None:
        self.settings, self.seed = settings, seed
        self.rounds = Rounds(data, settings, seed)
        self.agents = Zipf(AGENTS, OPERATIONS)
        self.losses = torch.zeros(len(self.rounds), device=data.device)

    @property
    def parts(self) -> dict[str, Stateful]:
        """All objects that the search changes."""
        losses = TensorState({"losses": self.losses})
        return {**self.rounds.parts, "agents": self.agents, "losses": losses}

    def begin(self, epoch: int) -> None:
        """Prepare the rounds and draw their paths."""
        self.rounds.begin(epoch)
        rng = stream(self.seed, "paths", epoch)
        self.paths = draw_paths(self.agents.policy, rng, len(self.rounds))

    def step(self, epoch: int, step: int) -> Metrics:
        """Train and validate a path."""
        totals, self.losses[step] = self.rounds.play(epoch, step, self.paths[step])
        return totals

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Train the agents and return the row of `schemas.HISTORY`."""
        self.agents.learn(self.paths, self.losses.cpu().double().numpy())
        policy = self.agents.policy
        genotype = recommended(
            -self.agents.effects,
            policy,
            self.settings.recommend,
            stream(self.seed, "recommendation", epoch),
        )
        return self.rounds.row(epoch, totals, policy, genotype)
