"""Settings of successive halving and Hyperband."""

from typing import Self

from pydantic import Field, model_validator

from naseval.methods._baselines.settings import Trained
from naseval.settings.base import Positive, Strict


class AlgorithmSettings(Strict):
    """Successive halving; Hyperband with more than one bracket."""

    trials: Positive = Field(description="the budget, in trainings of `epochs` epochs")
    epochs: Positive = Field(description="epochs of a whole training")
    first: Positive = Field(description="epochs after which the first bracket first compares")
    factor: int = Field(
        ge=2, description="one of so many candidates goes on, to so many times the epochs"
    )
    brackets: Positive = Field(
        1,
        description="1: successive halving; more: Hyperband, whose next bracket begins with "
        "`factor` times the epochs; each bracket has the same share of the budget",
    )

    @model_validator(mode="after")
    def _brackets_begin_within_a_training(self) -> Self:
        if self.first * self.factor ** (self.brackets - 1) > self.epochs:
            raise ValueError(
                f"bracket {self.brackets} would begin with more than {self.epochs} epochs; "
                "lower `first` or `brackets`"
            )
        return self

    @model_validator(mode="after")
    def _brackets_have_a_budget(self) -> Self:
        if self.trials < self.brackets:
            raise ValueError("the budget is less than one training for each bracket")
        return self


class Settings(Trained, AlgorithmSettings):
    """Successive halving or Hyperband whose candidates are trained.

    Where `epochs` are no more than those after which a bracket first compares, there is nothing to
    halve, and the bracket is random search.
    """

    @model_validator(mode="after")
    def _brackets_begin_within_a_training(self) -> Self:
        return self
