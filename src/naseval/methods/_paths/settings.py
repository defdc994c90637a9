"""Common settings of the searches that train paths."""

from typing import Literal

from pydantic import Field

from naseval.settings.base import BatchSize, Depth, Optimizer, Positive, SearchSettings, Width


class SupernetSettings(SearchSettings):
    """A search that trains one path of a shared network per batch."""

    finds = "darts"
    shares_weights = True

    epochs: Positive = Field(description="epochs of the search")
    batch_size: BatchSize = Field(description="images per training and validation batch")
    channels: Width = Field(description="initial channels of the supernet")
    cells: Depth = Field(description="cells of the supernet")
    weights: Optimizer = Field(description="optimizer of the supernet's weights")


class PathSettings(SupernetSettings):
    """A search of agents that learn policies over paths."""

    recommend: Literal["argmax", "sample"] = Field(
        description="the operation of an edge in the result: the best, or drawn from the policy"
    )
