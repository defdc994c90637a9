"""The accuracies of many random architectures (paper, section 5.1, Figures 4 and 5)."""

from pydantic import Field, field_validator

from naseval.config import Config
from naseval.errors import ConfigError
from naseval.settings.base import Names
from naseval.studies._grid import GridSettings, OneSeed, grid_members


class Settings(GridSettings):
    """Many random architectures of one space under one protocol."""

    spaces: Names = Field(description="the space, by its name, in a list")
    seeds: OneSeed = Field(description="the seed of the augmentations, in a list")

    @field_validator("spaces")
    @classmethod
    def _one_space(cls, spaces: list[str]) -> list[str]:
        if len(spaces) != 1:
            raise ValueError(
                "the study describes the architectures of one space, and those of another one "
                "would count among them; name exactly one (the study `spaces` has several)"
            )
        return spaces


def check(config: Config, settings: Settings) -> None:
    """Raise `ConfigError` if the curves would differ in length."""
    for dataset in settings.datasets:
        epochs = {config.protocol(name, dataset).epochs for name in settings.protocols}
        if len(epochs) > 1:
            raise ConfigError(
                "config key studies.distribution.protocols: the study draws curves of one length, "
                f"and these protocols have {' and '.join(map(str, sorted(epochs)))} epochs; name "
                "one protocol"
            )


members = grid_members
