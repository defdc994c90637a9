"""Random search with weight sharing: random paths of a supernet (Li and Talwalkar, UAI 2019).

Every batch trains a random genotype of the supernet. Then random genotypes are ranked by one
validation batch, and the best of them by all validation images, with the shared weights.
"""

from collections.abc import Mapping
from functools import partial

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._baselines.scored import listed, score_all
from naseval.methods._baselines.settings import candidate_space
from naseval.methods._paths.paths import path_of
from naseval.methods._paths.rounds import Rounds, RoundsTask
from naseval.methods._trials import best_of_random
from naseval.methods.random_sharing.settings import Settings
from naseval.randomness import stream
from naseval.training.history import Row, history_row
from naseval.training.loop import Loop
from naseval.training.metrics import Metrics

NAME = "random_sharing"


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the DARTS space. Of equal candidates the one drawn first is chosen.

    The history has the epochs of stage 1, a row for the ranking (stage 2), and one for the final
    choice (stage 3), whose genotype is the result.
    """
    task = SharingTask(data, settings, seed)
    saved = loop.saved_stage()
    rows, done = saved.rows, saved.carried_state or {}
    names, parts = (seed, NAME), {"network": task.rounds.network}
    if saved.stage == 1:
        rows = loop.run(
            task,
            epochs=settings.epochs,
            steps=len(task.rounds),
            parts=task.rounds.parts,
            stream_names=names,
        )
    candidates = listed(
        lambda evaluate: best_of_random(
            task.space, evaluate, settings.candidates, stream(seed, NAME, "candidates")
        )
    )
    ranking = partial(score_all, device=data.device, loop=loop, stream_names=names, parts=parts)
    if saved.stage < 3:
        scores, rows = ranking(candidates, task.on_one_batch, stage=2, rows=rows)
        done = {"finalists": [candidates.index(one) for one in best(scores, settings.finalists)]}
    finalists = [candidates[place] for place in done["finalists"]]
    scores, rows = ranking(finalists, task.on_all, stage=3, rows=rows, carried_state=done)
    (found,) = best(scores, 1)
    return SearchResult(found, [*rows[:-1], rows[-1] | {"genotype": found.to_json()}])


def best(scores: Mapping[Genotype, float], number: int) -> list[Genotype]:
    """Return the candidates of the highest scores, best first; ties by order."""
    return sorted(scores, key=lambda candidate: -scores[candidate])[:number]


class SharingTask(RoundsTask):
    """The epochs of training, an `EpochTask`, and the accuracies of candidates afterwards."""

    def __init__(self, data: TrainingData, settings: Settings, seed: int) -> None:
        self.settings, self.seed, self.space = settings, seed, candidate_space(settings)
        self.rounds = Rounds(data, settings, seed)
        self.validation = data.batches(
            "validation",
            batch_size=settings.batch_size,
            seed=seed,
            random_transforms=False,
            shuffle=False,
        )

    def begin(self, epoch: int) -> None:
        """Prepare the rounds."""
        self.rounds.begin(epoch)

    def step(self, epoch: int, step: int) -> Metrics:
        """Train a random genotype with one batch."""
        genotype = self.space.sample(stream(self.seed, NAME, "training", epoch, step))
        return self.rounds.train(path_of(genotype), self.rounds.training.at(epoch, step))

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`."""
        rate = self.rounds.learning_rate(epoch)
        return history_row(epoch, self.rounds.device, train=totals, learning_rate=rate)

    def on_one_batch(self, _number: int, genotype: Genotype) -> float:
        """Return the share of the first validation batch that the shared weights classify right."""
        return self.rounds.accuracy(path_of(genotype), self.validation, 1)

    def on_all(self, _number: int, genotype: Genotype) -> float:
        """Return the share of all validation images."""
        return self.rounds.accuracy(path_of(genotype), self.validation, len(self.validation))
