"""The effect of the seed on the ranking (paper, section 5.3 and Figure 8)."""

from typing import Annotated

from pydantic import Field, field_validator

from naseval.settings.base import Positive
from naseval.studies._grid import GridSettings, count_at_least, grid_members


class Settings(GridSettings):
    """The same random architectures, each trained with two seeds."""

    random: Annotated[Positive, count_at_least(2, "a ranking")] = Field(
        description="random architectures of each space"
    )

    @field_validator("seeds")
    @classmethod
    def _two(cls, seeds: list[int]) -> list[int]:
        if len(seeds) != 2:
            raise ValueError("the study compares two seeds; give exactly two")
        return seeds


members = grid_members
