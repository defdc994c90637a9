"""The space of DARTS, StacNAS and MANAS: 4 nodes, 8 operations."""

from functools import partial

from naseval.spaces._cells import CellSpace, distinct_pair_cells

OPERATIONS = (
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
    "none",
)
"""Operations in the order of the program that produced the paper's DARTS results."""

NODES = 4

# uniform7 is the distribution of the authors' released architectures, without `none`.
# paper_literal8 follows the paper's sentence ("one out of eight"): an operation for each of the 14
# edges, then two random edges per node. Edges are independent, so only the kept ones are drawn.
SPACE = CellSpace(
    name="darts",
    operations=OPERATIONS,
    nodes=NODES,
    draws={
        "uniform7": partial(
            distinct_pair_cells,
            operations=tuple(name for name in OPERATIONS if name != "none"),
            nodes=NODES,
        ),
        "paper_literal8": partial(distinct_pair_cells, operations=OPERATIONS, nodes=NODES),
    },
)
