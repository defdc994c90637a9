"""Settings of StacNAS."""

from typing import Literal

from pydantic import Field

from naseval.settings.base import ArchitectureOptimizer, Optimizer, Positive, SearchSettings


class Settings(SearchSettings):
    """StacNAS: one-level gradient search, first among groups of operations, then within groups."""

    epochs: Positive = Field(description="epochs of each stage")
    batch_size: Positive = Field(description="of training batches")
    channels: Positive = Field(description="initial channels of the supernets")
    cells: tuple[Positive, Positive] = Field(description="cells of the supernet, stage by stage")
    one_level_data: Literal["all", "train_half"] = Field(
        description="what weights and alphas learn from: all search images, or the training part "
        "alone, the validation part then being only measured"
    )
    weights: Optimizer = Field(description="of the supernets' weights")
    architecture: ArchitectureOptimizer = Field(description="of the alphas")
