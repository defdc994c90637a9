"""The space of NAO, which has the cells of ENAS.

The networks support more operations than the search uses, because the authors also drew random
architectures with dense convolutions and a 2x2 pool.
"""

from functools import partial

from pydantic import Field

from naseval.settings.base import Probability
from naseval.spaces._cells import CellSpace
from naseval.spaces._options import NetworkOptions
from naseval.spaces.enas.space import NODES, OPERATIONS, loose_ends, uniform_cells

RELEASED_OPERATIONS = (
    *OPERATIONS,
    "skip_connect",
    "conv_1x1",
    "conv_3x3",
    "conv_1x3_3x1",
    "conv_1x7_7x1",
    "max_pool_2x2",
    "max_pool_3x3",
    "max_pool_5x5",
    "avg_pool_2x2",
    "padded_avg_pool_3x3",
    "padded_avg_pool_5x5",
)
"""Operations 0 to 15 of the authors' training program, which contains two of them twice."""

README_OPERATIONS = RELEASED_OPERATIONS[:11]
"""Operations of the random architectures in the authors' README."""


class Options(NetworkOptions):
    """Options of the evaluation networks."""

    dropout: Probability = Field(0.0, description="dropout before the classifier")


SPACE = CellSpace(
    name="nao",
    operations=tuple(dict.fromkeys(RELEASED_OPERATIONS)),
    nodes=NODES,
    draws={
        "uniform": partial(uniform_cells, operations=OPERATIONS),
        "uniform11": partial(uniform_cells, operations=README_OPERATIONS),
    },
    distinct_inputs=False,
    concat=loose_ends,
    network_options=Options,
)
