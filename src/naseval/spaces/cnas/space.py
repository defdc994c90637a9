"""The space of CNAS: 6 nodes and 8 operations, including channel weighting and a shuffle block."""

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
"""Operations in the order of the CNAS program. A derived genotype never contains `none`."""

NODES = 6

SPACE = CellSpace(
    name="cnas",
    operations=OPERATIONS,
    nodes=NODES,
    draws={"uniform7": partial(distinct_pair_cells, operations=OPERATIONS[1:], nodes=NODES)},
    network_options={
        "final_pool": 1,  # side of the feature map before the classifier: 1 or 2
        "preprocess_bn_eps": 1e-5,  # 1.0 repeats a mistake in the authors' networks
    },
)
