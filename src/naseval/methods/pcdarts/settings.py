"""Settings of PC-DARTS."""

from typing import Self

from pydantic import Field, model_validator

from naseval.methods._gradient.settings import BilevelSettings
from naseval.settings.base import NonNegativeInt, Positive


class Settings(BilevelSettings):
    """PC-DARTS: bilevel gradient search on a part of the channels."""

    finds = "darts"

    warm_up: NonNegativeInt = Field(description="epochs in which only the weights learn")
    parts: Positive = Field(
        description="the operations read one of so many parts of the channels, whose number must "
        "be a multiple"
    )

    @model_validator(mode="after")
    def _parts_are_whole(self) -> Self:
        if self.channels % self.parts:
            raise ValueError(
                f"channels is {self.channels}, which does not divide into {self.parts} parts; "
                "choose a multiple of parts"
            )
        return self

    @model_validator(mode="after")
    def _alphas_learn(self) -> Self:
        if self.warm_up >= self.epochs:
            raise ValueError(
                f"warm_up is {self.warm_up} of {self.epochs} epochs, so that no architecture is "
                "learnt; lower it"
            )
        return self
