"""Common settings of baselines."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

from pydantic import Field

from naseval.settings.base import Optimizer, Positive, SearchSettings
from naseval.settings.protocol import Protocol
from naseval.spaces import get_neighbourhood
from naseval.spaces._neighbourhood import Neighbourhood

SHARE = 0.05
"""Share of the protocol's epochs that a candidate is trained, unless the configuration says more.

Our choice, before any search: several candidates at the cost of one search (docs/decisions.md).
"""
COUNTED_TRIALS = 2
"""Number of candidates whose work the budget counts."""


class InSpace(SearchSettings):
    """A search that draws candidates from the method's space."""

    from_method: ClassVar[Mapping[str, str]] = {"space": "the method's", "sampler": "the space's"}

    space: str = Field(description="the space of the candidates")
    sampler: str = Field(description="the sampler that draws random candidates")

    @classmethod
    def filled_in(cls, space: str, sampler: str, protocol: Protocol) -> dict[str, Any]:  # noqa: ARG003
        """Return the values of what the configuration leaves out, from those of the method."""
        return {"space": space, "sampler": sampler}


class ByProtocol(InSpace):
    """A search in the method's space that builds networks by the method's protocol."""

    from_method: ClassVar[Mapping[str, str]] = {
        **InSpace.from_method,
        "protocol": "the method's",
        "precision": "the protocol's",
    }

    protocol: Protocol = Field(description="other values for the networks of candidates")

    @classmethod
    def filled_in(cls, space: str, sampler: str, protocol: Protocol) -> dict[str, Any]:
        """Return the values of what the configuration leaves out, from those of the method."""
        given = {"protocol": protocol.model_dump(), "precision": protocol.precision}
        return {**super().filled_in(space, sampler, protocol), **given}


class Trained(ByProtocol):
    """A search that trains candidates by the method's protocol, for fewer epochs."""

    from_method: ClassVar[Mapping[str, str]] = {
        **ByProtocol.from_method,
        "epochs": f"{SHARE:.0%} of the protocol's, at least 1".replace("%", " %"),
    }

    trials: Positive = Field(
        description="the budget, in trainings of `epochs` epochs; the table `baselines` says how "
        "many the time of another method's search buys"
    )
    epochs: Positive = Field(description="epochs of a whole training of a candidate")

    @classmethod
    def filled_in(cls, space: str, sampler: str, protocol: Protocol) -> dict[str, Any]:
        """Return the values of what the configuration leaves out, from those of the method."""
        epochs = max(1, round(SHARE * protocol.epochs))
        return {**super().filled_in(space, sampler, protocol), "epochs": epochs}

    @property
    def channels(self) -> int:
        """Initial channels of a candidate's network."""
        return self.protocol.channels

    @property
    def cells(self) -> int:
        """Cells of a candidate's network."""
        return self.protocol.cells

    @property
    def batch_size(self) -> int:
        """Images per training and validation batch."""
        return self.protocol.batch_size

    @property
    def weights(self) -> Optimizer:
        """Optimizer of a candidate's weights; its schedule ends with `epochs`."""
        return self.protocol.optimizer

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings of a search of few candidates, since all cost about the same."""
        few = min(COUNTED_TRIALS, self.trials)
        return self.model_copy(update={"trials": few}), self.trials / few


def candidate_space(settings: InSpace) -> Neighbourhood:
    """Return the space of the candidates, with its neighbours and the chosen sampler."""
    return replace(get_neighbourhood(settings.space), sampler=settings.sampler)
