"""Agents with a Boltzmann policy over cumulative rewards, as in EXP3."""

from typing import Any

import numpy as np
from scipy.special import softmax

from naseval.methods._paths.paths import Paths, Table


def temperature(epoch: int, epochs: int, start: float, end: float) -> float:
    """Return the linear decay from `start` in epoch 0 to `end` in the last epoch, `epochs` - 1."""
    return start + (end - start) * epoch / max(epochs - 1, 1)


class Boltzmann:
    """The agents of MANAS. `credit` (agents, operations) is float64 and starts at 0.

    The fraction `gamma` of every policy is uniform. So no operation is excluded, and an importance
    weight is at most operations / gamma.
    """

    def __init__(self, agents: int, operations: int, gamma: float) -> None:
        self.credit: Table = np.zeros((agents, operations))
        self.gamma = gamma

    def policy(self, temperature: float) -> Table:
        """Return the probabilities of the operations, (agents, operations)."""
        boltzmann = softmax(self.credit / temperature, axis=1)
        return (1 - self.gamma) * boltzmann + self.gamma / self.credit.shape[1]

    def learn(self, path: Paths, policy: Table, reward: float) -> None:
        """Add the reward of `path`, (agents,), drawn from `policy`, to its operations' credit.

        With the importance weights, the credit is an unbiased estimate of the reward that each
        operation would have earned if it had been drawn every time.
        """
        chosen = np.arange(len(path)), path
        self.credit[chosen] += reward / policy[chosen]

    def strengths(self, policy: Table) -> Table:
        """Return numbers that rank operations by `policy`, and for equal probabilities by credit.

        After a long search several probabilities are saturated, i.e. exactly equal.
        """
        order = np.lexsort((-self.credit.ravel(), -policy.ravel()))
        ranks = np.empty(policy.size)
        ranks[order] = -np.arange(policy.size)
        return ranks.reshape(policy.shape)

    def state_dict(self) -> dict[str, Any]:
        """Return the credit."""
        return {"credit": self.credit.tolist()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the credit."""
        self.credit = np.array(state["credit"])
