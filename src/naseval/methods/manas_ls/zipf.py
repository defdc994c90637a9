"""Agents that rank operations by least squares and draw them by Zipf's law."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from naseval.methods._paths.paths import Paths, Table

Losses = NDArray[np.float64]


def additive_effects(paths: Paths, losses: Losses, operations: int) -> Table:
    """Return the effect of each operation on the loss, (agents, operations), by least squares.

    A loss is modelled as a sum of one term per agent, given by its operation. `paths` is (S,
    agents), `losses` (S,). The solution is not unique: a constant may move from one agent to
    another, and rarely drawn operations may be undetermined. The solution of smallest norm is
    returned.
    """
    chosen = np.eye(operations)[paths].reshape(len(paths), -1)
    effects: Table = np.linalg.lstsq(chosen, losses, rcond=None)[0].astype(np.float64)
    return effects.reshape(-1, operations)


def zipf_policy(effects: Table) -> Table:
    """Return probabilities proportional to 1 / rank. The smallest effect has rank 1.

    Equal effects are ranked in their order.
    """
    shares = 1 / rankdata(effects, method="ordinal", axis=1)
    return shares / shares.sum(axis=1, keepdims=True)


class Zipf:
    """The agents of MANAS-LS. Their policy is uniform until they have learnt."""

    def __init__(self, agents: int, operations: int) -> None:
        self.effects: Table = np.zeros((agents, operations))
        self.learnt = False

    @property
    def policy(self) -> Table:
        """Probabilities of the operations, (agents, operations)."""
        if not self.learnt:
            return np.full_like(self.effects, 1 / self.effects.shape[1])
        return zipf_policy(self.effects)

    def learn(self, paths: Paths, losses: Losses) -> None:
        """Fit the losses, (S,), of `paths`, (S, agents). Earlier results are discarded.

        The mean is subtracted from the losses, so an operation that was never drawn has the neutral
        effect 0.
        """
        self.effects = additive_effects(paths, losses - losses.mean(), self.effects.shape[1])
        self.learnt = True

    def state_dict(self) -> dict[str, Any]:
        """Return the effects, and a flag that is true after `learn`."""
        return {"effects": self.effects.tolist(), "learnt": self.learnt}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state."""
        self.effects, self.learnt = np.array(state["effects"]), state["learnt"]
