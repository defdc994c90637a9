"""Base classes and common types of all settings."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

T = TypeVar("T", bound=Sequence[Any])


def _distinct(entries: T) -> T:
    twice = next((entry for place, entry in enumerate(entries) if entry in entries[:place]), None)
    if twice is not None:
        raise ValueError(f"{twice} stands twice in the list; remove one")
    return entries


def _label(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_LABEL:
        raise ValueError(f"a label is one line of 1 to {LONGEST_LABEL} characters")
    return text


LONGEST_LABEL = 200
MOST = 10**9
"""The largest whole number of any setting; what is larger is a slip."""
Positive = Annotated[int, Field(gt=0, le=MOST)]
NonNegativeInt = Annotated[int, Field(ge=0, le=MOST)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
BatchSize = Annotated[int, Field(ge=2, le=MOST)]
"""Batch normalisation needs two images."""
Depth = Annotated[int, Field(gt=0, le=1000)]
"""Number of cells."""
Width = Annotated[int, Field(gt=0, le=10_000)]
"""Number of channels."""
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
Label = Annotated[str, AfterValidator(_label)]
"""A name for figures and tables, of one line."""
Distinct = AfterValidator(_distinct)
"""Marks a list whose entries must differ."""
Names = Annotated[list[str], Field(min_length=1), Distinct]
Seeds = Annotated[list[Seed], Field(min_length=1), Distinct]


WhenDiverged = Annotated[
    Literal["stop", "leave out", "chance"],
    Field(
        description="what becomes of runs whose loss became infinite or not a number: `stop` ends "
        "the study's job and names one, `leave out` does not count them, `chance` counts them with "
        "the accuracy of a guess, 100 per cent divided by the number of classes; a change trains "
        "nothing"
    ),
]


def empty_if_none(value: Any) -> Any:
    """Return an empty mapping for null, which is what stays empty in YAML, and so one level below.

    It is used for `overrides`, of which an overlay takes away all by null.
    """
    if isinstance(value, Mapping):
        return {name: {} if layer is None else layer for name, layer in value.items()}
    return {} if value is None else value


def _is_number(annotation: Any) -> bool:
    """Tell whether a type has numbers in it and no truth values."""
    inner = get_args(annotation)
    if bool in inner or annotation in (Any, bool):
        return False
    return annotation in (int, float) or any(map(_is_number, inner))


class Strict(BaseModel):
    """A frozen model that rejects unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false for a number, which pydantic takes for 1 and 0."""
        entries = value if isinstance(value, (list, tuple)) else (value,)
        if any(isinstance(entry, bool) for entry in entries) and _is_number(
            cls.model_fields[str(info.field_name)].annotation
        ):
            listed = entries is value
            raise ValueError(
                f"input should be {'numbers, not true or false' if listed else 'a number'}"
            )
        return value


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

    finds: ClassVar[str | None] = None
    """The space of the genotypes that the search finds; None if any space will do."""
    from_method: ClassVar[Mapping[str, str]] = {}
    """Fields that may be left out, since the method's entry gives them, with what they then are."""
    shares_weights: ClassVar[bool] = False
    """Whether the search trains a supernet whose weights can score any genotype."""

    precision: Precision = "float32"

    @classmethod
    def filled_in(cls, space: str, sampler: str, protocol: Any) -> dict[str, Any]:  # noqa: ARG003
        """Return the values of the fields `from_method`, unless the configuration has others.

        `space`, its `sampler` and `protocol`, a `naseval.settings.protocol.Protocol`, are the
        method's.
        """
        return {}

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings for counting the work of a search, and a factor for the result.

        The budget runs a few steps of each training in a search. If this takes minutes, for
        instance because the method builds many networks, the method returns the settings of a
        shorter search and the ratio of the full search to the shorter one.
        """
        return self, 1.0

    def network_sizes(self) -> list[tuple[int, int]]:
        """Return channels and cells of the networks that the search trains."""
        cells = getattr(self, "cells", ())
        depths = cells if isinstance(cells, tuple) else (cells,)
        return [(getattr(self, "channels", MOST), depth) for depth in depths]


class StudySettings(Strict):
    """Settings of one study. Fields `datasets`, `methods`, `protocols` and `spaces` hold keys."""

    diverged: WhenDiverged = "stop"
