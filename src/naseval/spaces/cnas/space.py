"""The space of CNAS: 6 nodes and 8 operations, including channel weighting and a shuffle block."""

from functools import partial
from typing import Literal

from pydantic import Field

from naseval.networks.shape import ShapeError, Skeleton
from naseval.settings.base import PositiveFloat
from naseval.spaces._cells import CellSpace, distinct_pair_cells
from naseval.spaces._options import NetworkOptions

OPERATIONS = (
    "none",
    "skip_connect",
    "cweight_com",
    "avg_pool_3x3",
    "max_pool_3x3",
    "sep_conv_3x3",
    "dil_conv_3x3",
    "shuffle_conv_3x3",
)
"""Operations in the order of the CNAS program. A derived genotype never contains `none`."""

NODES = 6


class Options(NetworkOptions):
    """Options of the evaluation networks."""

    final_pool: Literal[1, 2] = Field(
        1, description="side of the feature map before the classifier"
    )
    preprocess_bn_eps: PositiveFloat = Field(
        1e-5,
        description="epsilon of batch normalisation before each cell; 1.0 repeats a mistake in the "
        "authors' networks",
    )

    def check(self, skeleton: Skeleton) -> None:
        """Raise `ShapeError` if the images or their last map are too small, or the options."""
        super().check(skeleton)
        side = skeleton.last_side
        if side < self.final_pool:
            raise ShapeError(
                "network.final_pool",
                f"network option final_pool is {self.final_pool}, and the last map is only "
                f"{side}x{side}; choose 1, or larger images",
            )


SPACE = CellSpace(
    name="cnas",
    operations=OPERATIONS,
    nodes=NODES,
    draws={"uniform7": partial(distinct_pair_cells, operations=OPERATIONS[1:], nodes=NODES)},
    network_options=Options,
)
