"""Common settings of MANAS and MANAS-LS."""

from typing import Literal

from pydantic import Field

from naseval.settings.base import Optimizer, Positive, SearchSettings


class PathSettings(SearchSettings):
    """A search that trains one path of a shared network per batch."""

    epochs: Positive = Field(description="epochs of the search")
    batch_size: Positive = Field(description="images per training and validation batch")
    channels: Positive = Field(description="initial channels of the supernet")
    cells: Positive = Field(description="cells of the supernet")
    weights: Optimizer = Field(description="optimizer of the supernet's weights")
    recommend: Literal["argmax", "sample"] = Field(
        description="the operation of an edge in the result: the best, or drawn from the policy"
    )
