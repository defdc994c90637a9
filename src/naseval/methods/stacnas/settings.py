"""Settings of StacNAS."""

from typing import Literal

from pydantic import Field

from naseval.settings.base import (
    ArchitectureOptimizer,
    BatchSize,
    Depth,
    Optimizer,
    Positive,
    SearchSettings,
    Width,
)


class Settings(SearchSettings):
    """StacNAS: one-level gradient search, first among groups of operations, then within groups."""

    finds = "darts"
    shares_weights = True

    epochs: Positive = Field(description="epochs of each stage")
    batch_size: BatchSize = Field(description="images per training batch")
    channels: Width = Field(description="initial channels of the supernets")
    cells: tuple[Depth, Depth] = Field(description="cells of the supernet, stage by stage")
    one_level_data: Literal["all", "train_half"] = Field(
        description="images for weights and alphas: all search images, or only the training part, "
        "with the validation part used for measurement only"
    )
    weights: Optimizer = Field(description="optimizer of the supernets' weights")
    architecture: ArchitectureOptimizer = Field(description="optimizer of the alphas")
