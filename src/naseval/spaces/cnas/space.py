"""The space of CNAS: 6 nodes, with channel weighting and a shuffle block among 8 operations."""

from functools import partial

from naseval.spaces._cells import CellSpace, distinct_pair_cells

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
"""In the order of the CNAS program; its rule of derivation never keeps `none`."""

NODES = 6

SPACE = CellSpace(
    name="cnas",
    operations=OPERATIONS,
    nodes=NODES,
    draws={"uniform7": partial(distinct_pair_cells, operations=OPERATIONS[1:], nodes=NODES)},
    network_options={
        "final_pool": 1,  # side of the pooled map that is classified: 1 or 2
        "preprocess_bn_eps": 1e-5,  # 1.0 repeats a slip of the authors' evaluation networks
    },
)
