"""The effect of the number of cells on the ranking (paper, section 5.3 and Figure 9)."""

from typing import Annotated

from pydantic import Field

from naseval.config import Config
from naseval.errors import ConfigError
from naseval.settings.base import Positive
from naseval.studies._grid import GridSettings, count_at_least, grid_members


class Settings(GridSettings):
    """The same random architectures under two protocols with different numbers of cells."""

    random: Annotated[Positive, count_at_least(2, "a ranking")] = Field(
        description="random architectures of each space"
    )


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if the protocols do not have two different numbers of cells."""
    for dataset in settings.datasets:
        cells = sorted({config.protocol(name, dataset).cells for name in settings.protocols})
        if len(cells) != 2:
            raise ConfigError(
                "config key studies.depth.protocols: the study compares two numbers of cells, and "
                f"these protocols have {', '.join(map(str, cells))}; name protocols of two"
            )


members = grid_members
