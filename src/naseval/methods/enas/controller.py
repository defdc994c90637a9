"""ENAS's controller, an LSTM that generates two cells decision by decision."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.distributions import Categorical

from naseval.methods.enas.settings import Controller
from naseval.spaces._cells import EDGES_PER_NODE, INPUTS
from naseval.spaces.enas.space import NODES, OPERATIONS

DECISIONS = 2 * 2 * EDGES_PER_NODE * NODES


@dataclass(frozen=True, eq=False)
class Samples:
    """N architectures sampled by the controller."""

    integers: Tensor
    """(N, 40) int64, see `spaces.enas.genotype_of`."""
    log_probability: Tensor
    """(N,), log-probability of the whole architecture, with gradients."""
    entropy: Tensor
    """(N,), entropy in nats, summed over the 40 decisions, without gradients."""


class Policy(nn.Module):
    """The controller. Sampling uses torch's global generator of the controller's device."""

    bonus: Tensor

    def __init__(self, settings: Controller) -> None:
        super().__init__()
        hidden = settings.hidden
        self.settings = settings
        self.lstm = nn.LSTMCell(hidden, hidden, bias=settings.lstm_bias)
        self.start = nn.Parameter(torch.empty(1, hidden))
        self.embedding = nn.Embedding(len(OPERATIONS), hidden)
        self.operation = nn.Linear(hidden, len(OPERATIONS))
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.value = nn.Linear(hidden, 1, bias=False)
        for weight in self.parameters():
            nn.init.uniform_(weight, -settings.initial_range, settings.initial_range)
        with torch.no_grad():
            self.operation.bias.copy_(torch.tensor(settings.initial_bias))
        self.register_buffer("bonus", torch.tensor(settings.normal_bonus), persistent=False)

    def sample(self, count: int) -> Samples:
        """Sample `count` architectures. The LSTM state continues from normal to reduction cell."""
        writing = _Writing(self, count)
        writing.cell(bonus=self.bonus)
        writing.cell(bonus=torch.zeros_like(self.bonus))
        return Samples(
            torch.stack(writing.integers, dim=1),
            torch.stack(writing.log_probabilities).sum(0),
            torch.stack(writing.entropies).sum(0),
        )

    def source_logits(self, hidden: Tensor, keys: list[Tensor]) -> Tensor:
        """Return the logits of the input states, (N, J), from hidden states and J states' keys.

        The hidden states and each key have the shape (N, hidden).
        """
        attended = torch.tanh(torch.stack(keys, dim=1) + self.query(hidden)[:, None])
        return self._tempered(self.value(attended)[..., 0], self.settings.tanh_constant)

    def operation_logits(self, hidden: Tensor, bonus: Tensor) -> Tensor:
        """Return the logits of the operations, (N, 5), from hidden states (N, hidden)."""
        bound = self.settings.tanh_constant / self.settings.operation_tanh_reduce
        return self._tempered(self.operation(hidden), bound) + bonus

    def _tempered(self, logits: Tensor, bound: float) -> Tensor:
        if self.settings.temperature is not None:
            logits = logits / self.settings.temperature
        return bound * torch.tanh(logits)


class _Writing:
    """N architectures during their generation."""

    def __init__(self, policy: Policy, count: int) -> None:
        self.policy = policy
        self.start = policy.start.expand(count, -1)
        self.hidden = self.memory = torch.zeros_like(self.start)
        self.integers: list[Tensor] = []
        self.log_probabilities: list[Tensor] = []
        self.entropies: list[Tensor] = []

    def cell(self, bonus: Tensor) -> None:
        """Generate one cell, node by node: first both inputs, then both operations."""
        anchors, keys = [], []
        for _ in range(INPUTS):
            self._read(self.start)
            anchors.append(torch.zeros_like(self.start))
            keys.append(self.policy.key(self.hidden))
        for _ in range(NODES):
            known = torch.stack(anchors, dim=1)
            read, sources, operations = self.start, [], []
            for _ in range(EDGES_PER_NODE):
                self._read(read)
                sources.append(self._drawn(self.policy.source_logits(self.hidden, keys)))
                read = known[torch.arange(len(known)), sources[-1]]
            for _ in range(EDGES_PER_NODE):
                self._read(read)
                operations.append(self._drawn(self.policy.operation_logits(self.hidden, bonus)))
                read = self.policy.embedding(operations[-1])
            self._read(read)
            anchors.append(self.hidden)
            keys.append(self.policy.key(self.hidden))
            self.integers += [n for edge in zip(sources, operations, strict=True) for n in edge]

    def _read(self, token: Tensor) -> None:
        self.hidden, self.memory = self.policy.lstm(token, (self.hidden, self.memory))

    def _drawn(self, logits: Tensor) -> Tensor:
        choice = Categorical(logits=logits, validate_args=False)
        drawn: Tensor = choice.sample()
        self.log_probabilities.append(choice.log_prob(drawn))
        self.entropies.append(choice.entropy().detach())
        return drawn
