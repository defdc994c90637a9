"""NAO: architectures are moved uphill in an embedding space (Luo et al., NeurIPS 2018).

The variant with shared weights. A round trains the supernet on a pool of architectures, ranks
the pool by it, fits an encoder, predictor and decoder to the ranking, and refills the pool with
what the decoder makes of the best ones' encodings after a step up the predicted accuracy.
"""

from collections.abc import Mapping

import torch
from torch.nn import functional as F

from naseval.data.training_data import SearchData
from naseval.genotype import Genotype
from naseval.methods._search import SearchResult
from naseval.methods.nao.codec import ArchitectureCodec, CodecFit, integers_of_tokens, tokens_of
from naseval.methods.nao.pool import Architecture, Pool
from naseval.methods.nao.settings import Settings
from naseval.methods.nao.supernet import NaoSupernet
from naseval.networks.cost import parameters
from naseval.networks.drop_path import ramp
from naseval.randomness import stream
from naseval.spaces.enas.space import genotype_of, integers_of
from naseval.spaces.nao.space import SPACE
from naseval.training.checkpoint import Checkpoint, Stateful, TensorState
from naseval.training.device import autocast, peak_memory
from naseval.training.loop import EpochTask, Row, run_epochs, saved_stage
from naseval.training.metrics import Sums, accuracy, sums
from naseval.training.networks import build_network, initialised
from naseval.training.optimizers import (
    build_optimizer,
    clip_gradients,
    learning_rate,
    set_learning_rate,
)

PHASES = 3
"""Stages of a round: train the supernet, evaluate the pool, fit the codec."""


def search(
    data: SearchData, settings: Settings, *, seed: int, checkpoint: Checkpoint | None
) -> SearchResult:
    """Search the NAO space; the result is the best architecture of the last evaluation.

    The training part moves the shared weights, the validation part ranks the pool.
    """
    rounds = _Rounds(data, settings, seed, checkpoint)
    saved = saved_stage(checkpoint)
    pool = rounds.seed_pool() if saved.carry is None else Pool.from_dict(saved.carry)
    rows = saved.rows
    for stage in range(saved.stage, PHASES * rounds.count):  # after the last ranking no fit
        phase = (rounds.train, rounds.evaluate, rounds.refill)[(stage - 1) % PHASES]
        pool, rows = phase(stage, pool, rows)
    return SearchResult(pool.genotype(0), rows)


class _Rounds:
    """What all stages share: supernet, codec and settings."""

    def __init__(
        self, data: SearchData, settings: Settings, seed: int, checkpoint: Checkpoint | None
    ) -> None:
        self.data, self.settings, self.seed, self.checkpoint = data, settings, seed, checkpoint
        self.count = settings.epochs // settings.evaluate_every
        self.network, self.codec = initialised(lambda: _networks(data, settings), seed)
        self.network.to(data.device)
        self.codec.to(data.device)
        self.optimizer = build_optimizer(self.network.parameters(), settings.weights)

    @property
    def parts(self) -> dict[str, Stateful]:
        """What every stage's checkpoint holds, whether the stage changes it or not."""
        return {"network": self.network, "codec": self.codec, "optimizer": self.optimizer}

    def seed_pool(self) -> Pool:
        """Return the random architectures of the first round."""
        return Pool().grown(self._random(0, self.settings.seed_pool), self._share)

    def train(self, stage: int, pool: Pool, rows: list[Row]) -> tuple[Pool, list[Row]]:
        """Train the supernet on architectures of the pool."""
        task = _Training(self, stage, pool)
        epochs = self.settings.evaluate_every
        return pool, self._run(task, stage, pool, rows, epochs, len(task.batches))

    def evaluate(self, stage: int, pool: Pool, rows: list[Row]) -> tuple[Pool, list[Row]]:
        """Rank the pool."""
        task = _Evaluation(self, stage, pool)
        rows = self._run(task, stage, pool, rows, 1, len(pool), scores=task.state)
        return pool.ranked(task.scores.tolist()), rows

    def refill(self, stage: int, pool: Pool, rows: list[Row]) -> tuple[Pool, list[Row]]:
        """Fit the codec to the ranked pool and add what it suggests, and random ones."""
        task = CodecFit(
            self.codec,
            tokens_of(pool.architectures).to(self.data.device),
            torch.tensor(pool.scaled_scores(), device=self.data.device),
            self.settings.predictor,
            seed=self.seed,
            stage=stage,
        )
        rows = self._run(task, stage, pool, rows, 1, task.steps, fit=task.optimizer)
        drawn = self._random(stage // PHASES, self.settings.random_per_round)
        return pool.grown([*self._suggested(pool), *drawn], self._share), rows

    def _run(
        self,
        task: EpochTask,
        stage: int,
        pool: Pool,
        rows: list[Row],
        epochs: int,
        steps: int,
        **own: Stateful,
    ) -> list[Row]:
        return run_epochs(
            task,
            epochs=epochs,
            steps=steps,
            parts={**self.parts, **own},
            checkpoint=self.checkpoint,
            names=(self.seed, "nao"),
            stage=stage,
            carry=pool.to_dict(),
            rows=rows,
        )

    def _random(self, round_: int, count: int) -> list[Architecture]:
        rng = stream(self.seed, "nao", "random architectures", round_)
        return [integers_of(SPACE.sample(rng, "uniform")) for _ in range(count)]

    def _share(self, architecture: Architecture) -> int:
        """Return 1, or the parameters of a network as large as the supernet of this one alone."""
        if self.settings.sampling == "uniform":
            return 1
        with torch.device("meta"):
            network = build_network(
                genotype_of(SPACE.name, architecture),
                self.data.dataset,
                channels=self.settings.channels,
                cells=self.settings.cells,
                auxiliary=False,
            )
        return parameters(network, auxiliary=False)

    def _suggested(self, pool: Pool) -> list[Architecture]:
        """Move the best architectures up by longer and longer steps until enough are new."""
        best = tokens_of(pool.architectures[: self.settings.parents]).to(self.data.device)
        known, new = set(pool.architectures), dict[Architecture, None]()
        self.codec.eval()
        for step_size in range(self.settings.first_step_size, self.settings.last_step_size + 1):
            if len(new) >= self.settings.new_per_round:
                break
            moved = integers_of_tokens(self.codec.uphill(best, step_size))
            new |= {architecture: None for architecture in moved if architecture not in known}
        return list(new)[: self.settings.new_per_round]


class _Training:
    """Epochs of the supernet, an `EpochTask`."""

    def __init__(self, rounds: _Rounds, stage: int, pool: Pool) -> None:
        self.rounds, self.settings, self.stage, self.pool = rounds, rounds.settings, stage, pool
        self.batches = rounds.data.batches(
            "train", batch_size=self.settings.batch_size, seed=rounds.seed
        )
        self.first_epoch = (stage - 1) // PHASES * self.settings.evaluate_every
        self.shares = torch.tensor(pool.shares, dtype=torch.float64)

    def begin(self, epoch: int) -> None:
        set_learning_rate(self.rounds.optimizer, self._learning_rate(epoch))
        self.rounds.network.train()

    def step(self, epoch: int, step: int) -> Sums:
        """Train one architecture of the pool on one batch."""
        network, settings, epoch = self.rounds.network, self.settings, self.first_epoch + epoch
        images, labels = self.batches.at(epoch, step)
        genotype = self.pool.genotype(int(torch.multinomial(self.shares, 1)))
        steps = len(self.batches)
        network.set_drop_path(
            ramp(epoch * steps + step + 1, settings.epochs * steps, settings.drop_path)
        )
        with autocast(images.device, settings.precision):
            logits = network(images, genotype)
        self.rounds.optimizer.zero_grad()
        F.cross_entropy(logits.float(), labels).backward()
        clip_gradients(network.parameters(), settings.weights)
        self.rounds.optimizer.step()
        return sums(logits.detach(), labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        return {
            "stage": self.stage,
            "epoch": epoch + 1,
            "train_loss": totals["loss"] / totals["images"],
            "train_accuracy": accuracy(totals),
            "learning_rate": self._learning_rate(epoch),
            "peak_memory": peak_memory(self.rounds.data.device),
        }

    def _learning_rate(self, epoch: int) -> float:
        settings = self.settings
        return learning_rate(settings.weights, self.first_epoch + epoch, settings.epochs)


class _Evaluation:
    """One pass over the pool, an `EpochTask` whose steps are architectures.

    Each is tested on a few validation batches of its own; the noise of that is part of the
    method.
    """

    def __init__(self, rounds: _Rounds, stage: int, pool: Pool) -> None:
        self.rounds, self.stage, self.pool = rounds, stage, pool
        self.count = rounds.settings.evaluation_batches
        self.batches = rounds.data.batches(
            "validation",
            batch_size=rounds.settings.evaluation_batch_size,
            seed=rounds.seed,
            augmented=False,
        )
        passes = -(-len(pool) * self.count // len(self.batches))
        self.first_pass = (stage - 1) // PHASES * passes
        self.scores = torch.zeros(len(pool), device=rounds.data.device)
        self.state = TensorState({"scores": self.scores})

    def begin(self, _epoch: int) -> None:
        self.rounds.network.eval()

    @torch.no_grad()
    def step(self, _epoch: int, step: int) -> Sums:
        """Test one architecture."""
        found = [self._sums(step, batch) for batch in range(self.count)]
        totals = {name: sum(part[name] for part in found) for name in found[0]}
        self.scores[step] = totals["correct"] / totals["images"]
        return totals

    def _sums(self, architecture: int, batch: int) -> Sums:
        passed, position = divmod(architecture * self.count + batch, len(self.batches))
        images, labels = self.batches.at(self.first_pass + passed, position)
        with autocast(images.device, self.rounds.settings.precision):
            logits = self.rounds.network(images, self.pool.genotype(architecture))
        return sums(logits, labels)

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`: means over the pool, and the best of it."""
        return {
            "stage": self.stage,
            "epoch": epoch + 1,
            "validation_loss": totals["loss"] / totals["images"],
            "validation_accuracy": accuracy(totals),
            "genotype": self._best().to_json(),
            "peak_memory": peak_memory(self.rounds.data.device),
        }

    def _best(self) -> Genotype:
        return self.pool.ranked(self.scores.tolist()).genotype(0)


def _networks(data: SearchData, settings: Settings) -> tuple[NaoSupernet, ArchitectureCodec]:
    network = NaoSupernet(
        images=data.dataset.images,
        image_size=data.dataset.image_size,
        classes=data.classes,
        channels=settings.channels,
        cells=settings.cells,
        dropout=settings.dropout,
    )
    return network, ArchitectureCodec(settings.predictor)
