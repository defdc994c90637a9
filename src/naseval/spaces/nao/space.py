"""The space of NAO: the cells of ENAS.

Networks can be built with more operations than the search uses: the authors drew their random
architectures with dense convolutions and a 2x2 pool besides.
"""

from functools import partial

from naseval.spaces._cells import CellSpace
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
"""The integers 0 to 15 of the authors' training program, where two are there twice."""

README_OPERATIONS = RELEASED_OPERATIONS[:11]
"""What the authors' README draws random architectures from."""

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
    network_options={"dropout": 0.0},
)
