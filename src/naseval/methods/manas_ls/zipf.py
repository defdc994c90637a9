"""Agents that rank their operations by least squares and draw them by Zipf's law."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from naseval.methods._paths.paths import Paths, Table

Losses = NDArray[np.float64]


def additive_effects(paths: Paths, losses: Losses, operations: int) -> Table:
    """Return each operation's share of the losses, (agents, operations), by least squares.

    A loss is modelled as a sum with one term for each agent's operation. `paths` is (S, agents),
    `losses` (S,). Of the many solutions (a constant may move from one agent to another, rarely
    drawn operations may be undetermined) this is the one of smallest norm.
    """
    chosen = np.eye(operations)[paths].reshape(len(paths), -1)
    effects: Table = np.linalg.lstsq(chosen, losses, rcond=None)[0].astype(np.float64)
    return effects.reshape(-1, operations)


def zipf_policy(effects: Table) -> Table:
    """Return probabilities proportional to 1 / rank; the smallest effect has rank 1.

    Of equal effects the first ranks before the others.
    """
    shares = 1 / rankdata(effects, method="ordinal", axis=1)
    return shares / shares.sum(axis=1, keepdims=True)


class Zipf:
    """The agents of MANAS-LS; until they have learnt, their policy is uniform."""

    def __init__(self, agents: int, operations: int) -> None:
        self.effects: Table = np.zeros((agents, operations))
        self.learnt = False

    @property
    def policy(self) -> Table:
        """The probabilities of the operations, (agents, operations)."""
        if not self.learnt:
            return np.full_like(self.effects, 1 / self.effects.shape[1])
        return zipf_policy(self.effects)

    def learn(self, paths: Paths, losses: Losses) -> None:
        """Forget what was known and fit the losses, (S,), of `paths`, (S, agents).

        Losses count from their mean: an operation that was never drawn is then of effect 0,
        neither good nor bad.
        """
        self.effects = additive_effects(paths, losses - losses.mean(), self.effects.shape[1])
        self.learnt = True

    def state_dict(self) -> dict[str, Any]:
        """Return the effects and whether they were learnt."""
        return {"effects": self.effects.tolist(), "learnt": self.learnt}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take both back."""
        self.effects, self.learnt = np.array(state["effects"]), state["learnt"]
