"""Settings of CNAS."""

from pydantic import Field

from naseval.settings.base import ArchitectureOptimizer, Optimizer, Positive, SearchSettings


class Settings(SearchSettings):
    """CNAS: first-order gradient search on a supernet of 6-node cells."""

    epochs: Positive = Field(description="epochs of the search")
    batch_size: Positive = Field(description="images per training and validation batch")
    channels: Positive = Field(description="initial channels of the supernet")
    cells: Positive = Field(description="cells of the supernet")
    cutout: int = Field(
        ge=0, description="side of cutout's square in images of both parts, in pixels; 0: none"
    )
    weights: Optimizer = Field(description="optimizer of the supernet's weights")
    architecture: ArchitectureOptimizer = Field(description="optimizer of the alphas")
