"""Looks: the numbers of runs at which a cell is judged, until it is decided. Without SciPy."""

from typing import NamedTuple

from pydantic import Field, ValidationInfo, field_validator

from naseval.settings.base import MOST, Positive, Strict

FEWEST = 4
"""The fewest runs on each side for which a verdict is given (`naseval.analysis.contrasts`)."""


class Look(NamedTuple):
    """The numbers of searches and of random architectures that a cell has when it is judged."""

    searches: int
    random: int


class Steps(Strict):
    """Runs that are added in steps, to cells that are still undecided."""

    start: int = Field(ge=FEWEST, le=MOST, description="runs before a cell is first judged")
    step: Positive = Field(description="runs that are added while it is undecided")
    most: Positive = Field(description="runs after which nothing is added")

    @field_validator("most")
    @classmethod
    def _rises(cls, most: int, others: ValidationInfo) -> int:
        start = others.data.get("start", most)
        if most < start:
            raise ValueError(f"it should be at least start, {start}")
        return most

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of runs at which a cell is judged; the last step may be shorter."""
        return (*range(self.start, self.most, self.step), self.most)


Count = Positive | Steps
"""A number of runs that is fixed in advance, or one that grows in steps."""


def paired(searches: int | Steps, random: int | Steps) -> tuple[Look, ...]:
    """Return the looks of a cell, in order. A side that has no more steps stays as it is.

    A cell whose numbers are both fixed has one look.
    """
    sides = [
        count.numbers if isinstance(count, Steps) else (count,) for count in (searches, random)
    ]
    longest = max(map(len, sides))
    return tuple(Look(*(side[min(at, len(side) - 1)] for side in sides)) for at in range(longest))
