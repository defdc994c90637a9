"""NAO: gradient ascent in an embedding of architectures (Luo et al., NeurIPS 2018).

This is the variant with weight sharing. A round trains the supernet on a pool of architectures,
ranks the pool with it, and fits an encoder, predictor and decoder to the ranking. Then the
encodings of the best architectures move in the direction of higher predicted accuracy, and the
decoded architectures are added to the pool.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn import functional as F

from naseval.data.training_data import TrainingData
from naseval.genotype import Genotype
from naseval.methods import SearchResult
from naseval.methods._candidates import candidate_network
from naseval.methods._supernet_scores import Subnetwork
from naseval.methods.nao.codec import ArchitectureCodec, CodecFit, integers_of_tokens, tokens_of
from naseval.methods.nao.pool import Architecture, Pool
from naseval.methods.nao.settings import Settings
from naseval.methods.nao.supernet import NaoSupernet
from naseval.networks.cost import parameters
from naseval.networks.drop_path import ramp
from naseval.randomness import stream
from naseval.spaces.enas.space import OPERATIONS, genotype_of, integers_of
from naseval.spaces.nao.space import SPACE
from naseval.training.checkpoint import Stateful, TensorState
from naseval.training.device import autocast
from naseval.training.history import Row, history_row
from naseval.training.loop import EpochTask, Loop
from naseval.training.metrics import Metrics, batch_metrics
from naseval.training.networks import initialised
from naseval.training.optimizers import (
    backward_and_step,
    build_optimizer,
    learning_rate,
    set_learning_rate,
)

STAGES_PER_ROUND = 3
"""Train the supernet, evaluate the pool, fit the codec."""


def search(data: TrainingData, settings: Settings, *, seed: int, loop: Loop) -> SearchResult:
    """Search the NAO space. The result is the best architecture of the last evaluation.

    The training part trains the shared weights, the validation part ranks the pool.
    """
    stages = NaoStages(data, settings, seed, loop)
    saved = loop.saved_stage()
    pool, rows = stages.pool_of(saved.carried_state), saved.rows
    last = STAGES_PER_ROUND * stages.rounds - 1  # no codec is fitted after the last ranking
    for stage in range(saved.stage, last + 1):
        run_stage = (stages.train, stages.evaluate, stages.refill)[(stage - 1) % STAGES_PER_ROUND]
        pool, rows = run_stage(stage, pool, rows)
    return SearchResult(pool.genotype(0), rows)


def round_of(stage: int) -> int:
    """Return the round (from 0) of a stage (from 1)."""
    return (stage - 1) // STAGES_PER_ROUND


class NaoStages:
    """The stages of a search, and their common objects: supernet, its optimizer, and codec."""

    def __init__(self, data: TrainingData, settings: Settings, seed: int, loop: Loop) -> None:
        self.data, self.settings, self.seed, self.loop = data, settings, seed, loop
        self.rounds = settings.epochs // settings.evaluate_every
        self.network, self.codec = initialised(lambda: _networks(data, settings), seed)
        self.network.to(data.device)
        self.codec.to(data.device)
        self.optimizer = build_optimizer(self.network.parameters(), settings.weights)

    def pool_of(self, carried_state: Mapping[str, Any] | None) -> Pool:
        """Return the pool of a saved stage, or the initial pool if `carried_state` is None."""
        return self.initial_pool() if carried_state is None else Pool.from_dict(carried_state)

    def initial_pool(self) -> Pool:
        """Return the random architectures of the first round."""
        return self._extended(Pool(), self._random(0, self.settings.seed_pool))

    def train(self, stage: int, pool: Pool, rows: list[Row]) -> tuple[Pool, list[Row]]:
        """Train the supernet on architectures of the pool."""
        task = SupernetTraining(self, stage, pool)
        epochs = self.settings.evaluate_every
        return pool, self._run(task, stage, pool, rows, epochs, len(task.batches))

    def evaluate(self, stage: int, pool: Pool, rows: list[Row]) -> tuple[Pool, list[Row]]:
        """Rank the pool."""
        task = PoolEvaluation(self, stage, pool)
        rows = self._run(task, stage, pool, rows, 1, len(pool), scores=task.state)
        return pool.ranked(task.scores.tolist()), rows

    def refill(self, stage: int, pool: Pool, rows: list[Row]) -> tuple[Pool, list[Row]]:
        """Fit the codec to the ranked pool, and add its suggestions and random architectures."""
        task = CodecFit(
            self.codec,
            tokens_of(pool.architectures).to(self.data.device),
            torch.tensor(pool.scaled_scores(), device=self.data.device),
            self.settings.predictor,
            seed=self.seed,
            stage=stage,
        )
        rows = self._run(task, stage, pool, rows, 1, task.steps, fit=task.optimizer)
        random = self._random(round_of(stage) + 1, self.settings.random_per_round)
        return self._extended(pool, [*self._suggested(pool), *random]), rows

    def sampling_weight(self, architecture: Architecture) -> int:
        """Return the weight to which the probability of being drawn in training is proportional.

        It is 1, or the number of parameters of the architecture's network at the supernet's size.
        """
        if self.settings.sampling == "uniform":
            return 1
        with torch.device("meta"):  # only shapes are needed
            genotype = genotype_of(SPACE.name, architecture)
            network = candidate_network(genotype, self.data, self.settings)
        return parameters(network, auxiliary=False)

    def _run(
        self,
        task: EpochTask,
        stage: int,
        pool: Pool,
        rows: list[Row],
        epochs: int,
        steps: int,
        **own_parts: Stateful,
    ) -> list[Row]:
        """Run a stage. Every stage saves all parts, whether it changes them or not."""
        whole = self.rounds * (self.settings.evaluate_every + STAGES_PER_ROUND - 1) - 1
        shared: dict[str, Stateful] = {
            "network": self.network,
            "codec": self.codec,
            "optimizer": self.optimizer,
        }
        return self.loop.run(
            task,
            epochs=epochs,
            steps=steps,
            parts={**shared, **own_parts},
            stream_names=(self.seed, "nao"),
            stage=stage,
            carried_state=pool.to_dict(),
            rows=rows,
            later=whole - len(rows) - epochs,
        )

    def _extended(self, pool: Pool, architectures: list[Architecture]) -> Pool:
        return pool.extended(architectures, map(self.sampling_weight, architectures))

    def _random(self, round_: int, count: int) -> list[Architecture]:
        rng = stream(self.seed, "nao", "random architectures", round_)
        return [integers_of(SPACE.sample(rng, "uniform")) for _ in range(count)]

    def _suggested(self, pool: Pool) -> list[Architecture]:
        """Move the best architectures by longer and longer steps until enough of them are new."""
        best = tokens_of(pool.architectures[: self.settings.parents]).to(self.data.device)
        known, new = set(pool.architectures), dict[Architecture, None]()
        self.codec.eval()
        for step_size in range(self.settings.first_step_size, self.settings.last_step_size + 1):
            if len(new) >= self.settings.new_per_round:
                break
            moved = integers_of_tokens(self.codec.uphill(best, step_size))
            new |= {architecture: None for architecture in moved if architecture not in known}
        return list(new)[: self.settings.new_per_round]


class SupernetTraining:
    """Epochs of the supernet in one round, an `EpochTask`."""

    def __init__(self, stages: NaoStages, stage: int, pool: Pool) -> None:
        self.network, self.optimizer = stages.network, stages.optimizer
        self.settings, self.stage, self.pool = stages.settings, stage, pool
        self.batches = stages.data.batches(
            "train", batch_size=self.settings.batch_size, seed=stages.seed
        )
        self.device = stages.data.device
        self.first_epoch = round_of(stage) * self.settings.evaluate_every
        self.sampling_weights = torch.tensor(pool.sampling_weights, dtype=torch.float64)

    def begin(self, epoch: int) -> None:
        """Set the learning rate and training mode."""
        set_learning_rate(self.optimizer, self._learning_rate(epoch))
        self.network.train()

    def step(self, epoch: int, step: int) -> Metrics:
        """Train one architecture of the pool on one batch."""
        settings, epoch, steps = self.settings, self.first_epoch + epoch, len(self.batches)
        images, labels = self.batches.at(epoch, step)
        genotype = self.pool.genotype(int(torch.multinomial(self.sampling_weights, 1)))
        self.network.set_drop_path(
            ramp(epoch * steps + step + 1, settings.epochs * steps, settings.drop_path)
        )
        with autocast(self.device, settings.precision):
            logits = self.network(images, genotype)
        loss = F.cross_entropy(logits.float(), labels)
        backward_and_step(loss, self.optimizer, settings.weights.gradient_clip)
        return batch_metrics(logits.detach(), labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`."""
        return history_row(
            epoch,
            self.device,
            stage=self.stage,
            train=totals,
            learning_rate=self._learning_rate(epoch),
        )

    def subnetwork(self, genotype: Genotype) -> Subnetwork | None:
        """Return the shared weights of a genotype; None if the supernet lacks an operation."""
        if not {*genotype.normal.operations, *genotype.reduce.operations} <= {*OPERATIONS}:
            return None
        return lambda images: self.network(images, genotype)

    def _learning_rate(self, epoch: int) -> float:
        settings = self.settings
        return learning_rate(settings.weights, self.first_epoch + epoch, settings.epochs)


class PoolEvaluation:
    """One pass over the pool, an `EpochTask` in which each step tests one architecture.

    Each architecture is tested on a few validation batches of its own. The resulting noise is part
    of the method.
    """

    def __init__(self, stages: NaoStages, stage: int, pool: Pool) -> None:
        self.network, self.settings = stages.network, stages.settings
        self.stage, self.pool, self.device = stage, pool, stages.data.device
        self.batches = stages.data.batches(
            "validation",
            batch_size=self.settings.evaluation_batch_size,
            seed=stages.seed,
            random_transforms=False,
        )
        passes = -(-len(pool) * self.settings.evaluation_batches // len(self.batches))
        self.first_pass = round_of(stage) * passes
        self.scores = torch.zeros(len(pool), device=self.device)
        self.state = TensorState({"scores": self.scores})

    def begin(self, _epoch: int) -> None:
        """Set evaluation mode."""
        self.network.eval()

    @torch.no_grad()
    def step(self, _epoch: int, step: int) -> Metrics:
        """Test one architecture."""
        count = self.settings.evaluation_batches
        found = [self._tested(step, step * count + batch) for batch in range(count)]
        totals = {name: sum(metrics[name] for metrics in found) for name in found[0]}
        self.scores[step] = totals["correct"] / totals["images"]
        return totals

    def _tested(self, architecture: int, batch: int) -> Metrics:
        """Test an architecture on a validation batch, counted over the whole evaluation."""
        passed, position = divmod(batch, len(self.batches))
        images, labels = self.batches.at(self.first_pass + passed, position)
        with autocast(self.device, self.settings.precision):
            logits = self.network(images, self.pool.genotype(architecture))
        return batch_metrics(logits, labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`: means over the pool, and its best architecture."""
        return history_row(
            epoch,
            self.device,
            stage=self.stage,
            validation=totals,
            genotype=self.pool.ranked(self.scores.tolist()).genotype(0),
        )


def _networks(data: TrainingData, settings: Settings) -> tuple[NaoSupernet, ArchitectureCodec]:
    network = NaoSupernet(
        images=data.dataset.images,
        image_size=data.dataset.image_size,
        classes=data.classes,
        channels=settings.channels,
        cells=settings.cells,
        dropout=settings.dropout,
    )
    return network, ArchitectureCodec(settings.predictor)
