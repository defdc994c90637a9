"""Base classes and common types of all settings."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
PositiveFloat = Annotated[float, Field(gt=0)]
Probability = Annotated[float, Field(ge=0, lt=1)]
Precision = Annotated[
    Literal["float32", "tf32", "bfloat16"],
    Field(
        description="tf32: on a GPU, convolutions and matrix products round their inputs to 10 "
        "bits; bfloat16: autocast of the forward passes"
    ),
]


class Strict(BaseModel):
    """A frozen model that rejects unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Restarts(Strict):
    """Cosine annealing with warm restarts (SGDR)."""

    first: Positive = Field(description="epochs of the first cycle")
    factor: Positive = Field(description="each cycle is this many times as long as the last")


class Optimizer(Strict):
    """Optimizer of network weights and its learning-rate schedule."""

    name: Literal["sgd", "adam", "adamax"] = Field(description="the optimizer")
    learning_rate: PositiveFloat = Field(description="initial learning rate")
    learning_rate_min: NonNegative = Field(description="final learning rate of the cosine schedule")
    restarts: Restarts | None = Field(None, description="warm restarts of the cosine schedule")
    momentum: Probability = Field(0.9, description="momentum of sgd; paper, appendix A.1")
    nesterov: bool = Field(False, description="Nesterov momentum, for sgd")
    betas: tuple[Probability, Probability] = Field(
        (0.5, 0.999), description="betas of adam and adamax; paper, appendix A.1"
    )
    weight_decay: NonNegative = Field(description="L2 penalty on all weights")
    gradient_clip: PositiveFloat | None = Field(5.0, description="largest global gradient norm")

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.nesterov and (self.name != "sgd" or self.momentum == 0):
            raise ValueError("nesterov needs sgd with momentum")
        return self


class ArchitectureOptimizer(Strict):
    """Adam for architecture parameters, with a constant learning rate."""

    learning_rate: PositiveFloat = Field(description="constant over the search")
    betas: tuple[Probability, Probability] = Field((0.5, 0.999), description="Adam's betas")
    weight_decay: NonNegative = Field(description="L2 penalty inside Adam")
    gradient_clip: PositiveFloat | None = Field(None, description="largest global gradient norm")


class SearchSettings(Strict):
    """Settings that every search has."""

    precision: Precision = "float32"

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings for counting the work of a search, and a factor for the result.

        The budget runs a few steps of each training in a search. If this takes minutes, for
        instance because the method builds many networks, the method returns the settings of a
        shorter search and the ratio of the full search to the shorter one.
        """
        return self, 1.0


class StudySettings(Strict):
    """Settings of one study. Fields `datasets`, `methods`, `protocols` and `spaces` hold keys."""
