"""Settings of DARTS."""

from typing import Literal, Self

from pydantic import Field, model_validator

from naseval.settings.base import ArchitectureOptimizer, Optimizer, Positive, SearchSettings


class Settings(SearchSettings):
    """DARTS: bilevel gradient search on a supernet."""

    epochs: Positive = Field(description="epochs of the search")
    batch_size: Positive = Field(description="images per training and validation batch")
    channels: Positive = Field(description="initial channels of the supernet")
    cells: Positive = Field(description="cells of the supernet")
    weights: Optimizer = Field(description="optimizer of the supernet's weights")
    architecture: ArchitectureOptimizer = Field(description="optimizer of the alphas")
    order: Literal[1, 2] = Field(description="1: plain gradient; 2: unrolled")
    legacy_fd_scale: bool = Field(
        description="true multiplies the finite difference by its step in place of dividing by "
        "it, a slip in the program the paper cites"
    )
    skip_rule: Literal["none", "release"] = Field(
        description="release: an undocumented limit of two skips in the authors' program"
    )

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
