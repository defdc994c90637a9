"""Settings that bilevel gradient searches share."""

from typing import Literal, Self

from pydantic import Field, model_validator

from naseval.settings.base import (
    ArchitectureOptimizer,
    BatchSize,
    Depth,
    Optimizer,
    Positive,
    SearchSettings,
    Width,
)


class BilevelSettings(SearchSettings):
    """A bilevel gradient search of one stage."""

    shares_weights = True

    epochs: Positive = Field(description="epochs of the search")
    batch_size: BatchSize = Field(description="images per training and validation batch")
    channels: Width = Field(description="initial channels of the supernet")
    cells: Depth = Field(description="cells of the supernet")
    weights: Optimizer = Field(description="optimizer of the supernet's weights")
    architecture: ArchitectureOptimizer = Field(description="optimizer of the alphas")


class UnrolledSettings(BilevelSettings):
    """A bilevel gradient search whose gradient may be of second order."""

    order: Literal[1, 2] = Field(description="1: plain gradient; 2: unrolled")

    @model_validator(mode="after")
    def _unrolls_plain_sgd(self) -> Self:
        if self.order == 2 and (self.weights.name != "sgd" or self.weights.nesterov):
            raise ValueError(
                "order 2 unrolls a step of plain SGD: set weights.name to sgd and weights.nesterov "
                "to false, or order to 1"
            )
        return self

    @model_validator(mode="after")
    def _unrolls_in_float32(self) -> Self:
        if self.order == 2 and self.precision != "float32":
            raise ValueError(
                f"order 2 is a small difference of gradients, which {self.precision} loses in "
                "rounding: set precision to float32, or order to 1"
            )
        return self
