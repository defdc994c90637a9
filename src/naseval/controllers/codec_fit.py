"""Fitting NAO's codec to a ranked pool."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from naseval.controllers.architecture_codec import ArchitectureCodec, with_halves_swapped
from naseval.randomness import stream
from naseval.settings.nao import Predictor
from naseval.training.device import peak_memory
from naseval.training.loop import Row
from naseval.training.totals import Sums


class CodecFit:
    """All epochs of a fit, an `EpochTask` with `steps` steps in a single long epoch.

    `tokens` (N, 40) and `scores` (N,), 0 to 1, lie on the codec's device; N architectures in
    batches make an epoch. Adam starts afresh.
    """

    def __init__(
        self,
        codec: ArchitectureCodec,
        tokens: Tensor,
        scores: Tensor,
        settings: Predictor,
        *,
        seed: int,
        stage: int,
    ) -> None:
        self.codec, self.tokens, self.scores, self.settings = codec, tokens, scores, settings
        self.seed, self.stage = seed, stage
        self.batches = -(-len(tokens) // settings.batch_size)
        self.steps = settings.epochs * self.batches
        self.optimizer = torch.optim.Adam(
            codec.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )

    def begin(self, _epoch: int) -> None:
        """Set training mode."""
        self.codec.train()

    def step(self, _epoch: int, step: int) -> Sums:
        """Fit to a batch; each reading exchanges two edges of a node at random."""
        passed, position = divmod(step, self.batches)
        order = stream(self.seed, "nao", "fit", self.stage, passed).permutation(len(self.tokens))
        size = self.settings.batch_size
        chosen = torch.from_numpy(order[position * size : (position + 1) * size])
        chosen = chosen.to(self.tokens.device)
        loss = self.codec.loss(with_halves_swapped(self.tokens[chosen]), self.scores[chosen])
        self.optimizer.zero_grad()
        loss.backward()
        if self.settings.gradient_clip is not None:
            nn.utils.clip_grad_norm_(self.codec.parameters(), self.settings.gradient_clip)
        self.optimizer.step()
        return {"architectures": len(chosen), "loss": loss * len(chosen)}

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `records.HISTORY`: the loss is the codec's, a mean over the fit."""
        return {
            "stage": self.stage,
            "epoch": epoch + 1,
            "train_loss": totals["loss"] / totals["architectures"],
            "learning_rate": self.settings.learning_rate,
            "peak_memory": peak_memory(self.tokens.device),
        }
