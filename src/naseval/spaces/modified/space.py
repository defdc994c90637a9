"""The modified space: the wiring of DARTS with plain convolutions and larger pools.

Source: paper, section 5.2.
"""

from functools import partial

from naseval.spaces._cells import CellSpace, distinct_pair_cells

OPERATIONS = (
    "max_pool_3x3",
    "max_pool_5x5",
    "skip_connect",
    "conv_1x1",
    "conv_3x3",
    "conv_7x7",
    "conv_11x11",
    "none",
)

NODES = 4

SPACE = CellSpace(
    name="modified",
    operations=OPERATIONS,
    nodes=NODES,
    draws={
        "uniform7": partial(
            distinct_pair_cells,
            operations=tuple(name for name in OPERATIONS if name != "none"),
            nodes=NODES,
        )
    },
)
