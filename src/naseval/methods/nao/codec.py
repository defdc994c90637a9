"""NAO's encoder, predictor and decoder of architectures, and their tokens."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.data.transfer import to_device
from naseval.methods.nao.settings import Predictor
from naseval.randomness import stream
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS
from naseval.spaces.enas.space import INTEGERS_PER_CELL, NODES, OPERATIONS
from naseval.training.history import Row, history_row
from naseval.training.metrics import Metrics
from naseval.training.optimizers import backward_and_step

START = 0
FIRST_SOURCE = 1
FIRST_OPERATION = FIRST_SOURCE + INPUTS + NODES - 1
VOCABULARY = FIRST_OPERATION + len(OPERATIONS)
LENGTH = 2 * INTEGERS_PER_CELL
PAIR = 2
"""Tokens per edge: (input, operation)."""


def tokens_of(integers: Sequence[Sequence[int]]) -> Tensor:
    """Return the tokens (N, 40) of N architectures (see `spaces.enas.integers_of`)."""
    return torch.tensor(integers) + _offsets()


def integers_of_tokens(tokens: Tensor) -> list[tuple[int, ...]]:
    """Return the architectures for tokens (N, 40), the inverse of `tokens_of`."""
    return [tuple(row) for row in (tokens.cpu() - _offsets()).tolist()]


def _offsets() -> Tensor:
    return torch.tensor([FIRST_SOURCE, FIRST_OPERATION]).repeat(LENGTH // PAIR)


def with_halves_swapped(tokens: Tensor) -> Tensor:
    """Swap the two edges of one random node in each cell, which does not change the architecture.

    Map (N, 40) to (N, 40). The draws use torch's global CPU generator.
    """
    count = len(tokens)
    nodes = tokens.reshape(count * 2, NODES, EDGES_PER_NODE, PAIR).clone()
    rows = torch.arange(count * 2, device=tokens.device)
    chosen = to_device(torch.randint(NODES, (count * 2,)), tokens.device)
    nodes[rows, chosen] = nodes[rows, chosen].flip(1)
    return nodes.reshape(count, LENGTH)


class Encoder(nn.Module):
    """Maps architectures to one encoding per edge."""

    def __init__(self, settings: Predictor) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, settings.token_embedding)
        self.rnn = nn.LSTM(PAIR * settings.token_embedding, settings.hidden, batch_first=True)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens (N, 40) to unit vectors (N, 20, hidden)."""
        pairs = self.embedding(tokens).reshape(len(tokens), LENGTH // PAIR, -1)
        return F.normalize(self.rnn(pairs)[0], dim=-1)


class Regressor(nn.Sequential):
    """Maps embeddings (N, hidden) to scores (N, 1) between 0 and 1."""

    def __init__(self, settings: Predictor) -> None:
        layers: list[nn.Module] = []
        width = settings.hidden
        for _ in range(settings.layers):
            layers += [nn.Linear(width, settings.width), nn.ReLU(), nn.Dropout(settings.dropout)]
            width = settings.width
        super().__init__(*layers, nn.Linear(width, 1), nn.Sigmoid())


class Decoder(nn.Module):
    """Generates architectures from their encodings, with attention at every token."""

    def __init__(self, settings: Predictor) -> None:
        super().__init__()
        hidden = settings.hidden
        self.embedding = nn.Embedding(VOCABULARY, hidden)
        self.rnn = nn.LSTM(hidden, hidden, batch_first=True)
        self.attend = nn.Linear(hidden, hidden, bias=False)
        self.mix = nn.Linear(2 * hidden, hidden, bias=False)
        self.out = nn.Linear(hidden, VOCABULARY)

    def forward(self, encodings: Tensor, tokens: Tensor) -> Tensor:
        """Map encodings (N, 20, hidden) and the true tokens (N, 40) to logits (N, 40, 12)."""
        before = F.pad(tokens[:, :-1], (1, 0), value=START)
        hidden, _ = self.rnn(self.embedding(before), _initial(encodings))
        return self._logits(hidden, encodings)

    @torch.no_grad()
    def write(self, encodings: Tensor) -> Tensor:
        """Map encodings (N, 20, hidden) to tokens (N, 40), always the most probable valid token."""
        state = _initial(encodings)
        written = [torch.full((len(encodings), 1), START, device=encodings.device)]
        for position in range(LENGTH):
            hidden, state = self.rnn(self.embedding(written[-1]), state)
            valid = valid_tokens(position)
            logits = self._logits(hidden, encodings)[..., valid.start : valid.stop]
            written.append(logits.argmax(-1) + valid.start)
        return torch.cat(written[1:], dim=1)

    def _logits(self, hidden: Tensor, encodings: Tensor) -> Tensor:
        weights = (self.attend(hidden) @ encodings.transpose(1, 2)).softmax(-1)
        mixed = torch.tanh(self.mix(torch.cat([weights @ encodings, hidden], dim=-1)))
        logits: Tensor = self.out(mixed)
        return logits


def embedding_of(encodings: Tensor) -> Tensor:
    """Map encodings (N, 20, hidden) to the architectures' embeddings, unit vectors (N, hidden)."""
    return F.normalize(encodings.mean(1), dim=-1)


def _initial(encodings: Tensor) -> tuple[Tensor, Tensor]:
    embedding = embedding_of(encodings)[None]
    return embedding, embedding


def valid_tokens(position: int) -> range:
    """Return the valid tokens at a position from 0 to 39."""
    if position % PAIR:
        return range(FIRST_OPERATION, VOCABULARY)
    node = position // (PAIR * EDGES_PER_NODE) % NODES
    return range(FIRST_SOURCE, FIRST_SOURCE + INPUTS + node)


class ArchitectureCodec(nn.Module):
    """Encoder, predictor and decoder in one module."""

    def __init__(self, settings: Predictor) -> None:
        super().__init__()
        self.trade_off = settings.trade_off
        self.encoder = Encoder(settings)
        self.regressor = Regressor(settings)
        self.decoder = Decoder(settings)
        for weight in self.parameters():
            if weight.dim() > 1:
                nn.init.uniform_(weight, -settings.initial_range, settings.initial_range)

    def predict(self, encodings: Tensor) -> Tensor:
        """Map encodings (N, 20, hidden) to scores (N,)."""
        scores: Tensor = self.regressor(embedding_of(encodings))[:, 0]
        return scores

    def losses(self, tokens: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Return the predictor's squared error and the decoder's cross-entropy per token."""
        encodings = self.encoder(tokens)
        logits = self.decoder(encodings, tokens)
        squared = F.mse_loss(self.predict(encodings), scores)
        return squared, F.cross_entropy(logits.flatten(0, 1), tokens.flatten())

    def loss(self, tokens: Tensor, scores: Tensor) -> Tensor:
        """Return the training loss for tokens (N, 40) and scores (N,)."""
        squared, written = self.losses(tokens, scores)
        return self.trade_off * squared + (1 - self.trade_off) * written

    def uphill(self, tokens: Tensor, step_size: float) -> Tensor:
        """Increase the predicted score of architectures (N, 40) and return the new ones, (N, 40).

        Each encoding moves by `step_size` times its own gradient and is normalised again.
        """
        with torch.no_grad():
            encodings = self.encoder(tokens)
        encodings.requires_grad_()
        (slope,) = torch.autograd.grad(self.predict(encodings).sum(), encodings)
        moved = F.normalize(encodings.detach() + step_size * slope, dim=-1)
        written: Tensor = self.decoder.write(moved)
        return written


class CodecFit:
    """All epochs of a fit, as an `EpochTask` with one epoch of `steps` steps.

    `tokens` (N, 40) and `scores` (N,), from 0 to 1, are on the codec's device. An epoch of the fit
    is one pass over the N architectures in batches. Each fit has a new Adam optimizer.
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

    def step(self, _epoch: int, step: int) -> Metrics:
        """Train on a batch, in which two edges of a node are swapped at random."""
        passed, position = divmod(step, self.batches)
        order = stream(self.seed, "nao", "fit", self.stage, passed).permutation(len(self.tokens))
        size = self.settings.batch_size
        own = torch.from_numpy(order[position * size : (position + 1) * size])
        chosen = to_device(own, self.tokens.device)
        loss = self.codec.loss(with_halves_swapped(self.tokens[chosen]), self.scores[chosen])
        backward_and_step(loss, self.optimizer, self.settings.gradient_clip)
        return {"architectures": len(chosen), "loss": loss * len(chosen)}

    def end(self, epoch: int, totals: Mapping[str, float]) -> Row:
        """Return the row of `schemas.HISTORY`. The loss is the codec's mean loss over the fit."""
        return history_row(
            epoch,
            self.tokens.device,
            stage=self.stage,
            train_loss=totals["loss"] / totals["architectures"],
            learning_rate=self.settings.learning_rate,
        )
