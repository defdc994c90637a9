"""Settings of CNAS."""

from pydantic import Field

from naseval.settings.base import (
    ArchitectureOptimizer,
    BatchSize,
    Depth,
    NonNegativeInt,
    Optimizer,
    Positive,
    SearchSettings,
    Width,
)


class Settings(SearchSettings):
    """CNAS: first-order gradient search on a supernet of 6-node cells."""

    finds = "cnas"
    shares_weights = True

    epochs: Positive = Field(description="epochs of the search")
    batch_size: BatchSize = Field(description="images per training and validation batch")
    channels: Width = Field(description="initial channels of the supernet")
    cells: Depth = Field(description="cells of the supernet")
    cutout: NonNegativeInt = Field(
        description="side of cutout's square in images of both parts, in pixels; 0: none"
    )
    weights: Optimizer = Field(description="optimizer of the supernet's weights")
    architecture: ArchitectureOptimizer = Field(description="optimizer of the alphas")
