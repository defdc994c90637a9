"""Settings of P-DARTS."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from naseval.settings.base import (
    ArchitectureOptimizer,
    BatchSize,
    Depth,
    NonNegative,
    NonNegativeInt,
    Optimizer,
    Positive,
    Probability,
    SearchSettings,
    Width,
)
from naseval.spaces.pdarts.space import MOST_SKIPS, OPERATIONS

FEWEST = 3
"""Minimum of operations in the last stage: `none`, an excluded skip, and one to choose."""

Stages = Annotated[tuple[Depth, ...], Field(min_length=1)]


class Settings(SearchSettings):
    """PDARTS: gradient search in stages with deeper supernets and fewer operations."""

    finds = "pdarts"
    shares_weights = True

    epochs: Positive = Field(description="epochs of each stage")
    warm_up: NonNegativeInt = Field(description="epochs of each stage in which only weights learn")
    batch_size: BatchSize = Field(description="images per training and validation batch")
    channels: Width = Field(description="initial channels of the supernets")
    cells: Stages = Field(description="cells of the supernet, stage by stage")
    dropped: tuple[Positive, ...] = Field(
        description="operations that each edge loses at the end of every stage but the last"
    )
    skip_dropout: tuple[Probability, ...] = Field(
        description="dropout rate of skip connections, stage by stage"
    )
    skip_dropout_decay: NonNegative = Field(
        description="after the warm-up the rate falls by the factor exp(-decay) per epoch"
    )
    most_skips: int = Field(
        ge=0,
        le=MOST_SKIPS,
        description="largest number of skip connections in the derived normal cell",
    )
    cutout: NonNegativeInt = Field(
        description="side of cutout's square in images of both parts, in pixels; 0: none"
    )
    weights: Optimizer = Field(description="optimizer of the supernets' weights")
    architecture: ArchitectureOptimizer = Field(description="optimizer of the alphas")

    @model_validator(mode="after")
    def _stage_by_stage(self) -> Self:
        stages = len(self.cells)
        if len(self.skip_dropout) != stages or len(self.dropped) != stages - 1:
            raise ValueError(
                f"cells has {stages} stages, so skip_dropout must have {stages} entries "
                f"and dropped {stages - 1}"
            )
        if len(OPERATIONS) - sum(self.dropped) < FEWEST:
            raise ValueError(
                f"dropped must leave {FEWEST} of the {len(OPERATIONS)} operations or more"
            )
        if self.warm_up >= self.epochs:
            raise ValueError(
                f"warm_up is {self.warm_up} of the stage's {self.epochs} epochs, so that no "
                "architecture is learnt; lower it"
            )
        return self
