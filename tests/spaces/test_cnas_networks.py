"""Networks and supernet of CNAS against vectors."""

import pytest
import torch
from torch import nn

from fixtures_networks import build_network
from fixtures_wiring import CHANNELS, VECTORS, assert_logits, averaging, genotype, skeleton, waves
from naseval.errors import NasevalError
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.cnas.supernet import SOURCES, cnas_supernet
from naseval.networks.cost import parameters
from naseval.networks.operations import FactorizedReduce, relu_conv_norm
from naseval.networks.shape import Skeleton
from naseval.networks.squeeze_excitation import SqueezeExcitation
from naseval.randomness import stream
from naseval.spaces.cnas import network as cnas
from naseval.spaces.cnas.network import (
    CNAS_OPERATIONS,
    CNAS_SEARCH_OPERATIONS,
    ShuffleBlock,
    channel_weighting,
)
from naseval.spaces.cnas.space import SPACE

FINAL = VECTORS["cnas"]["final"]
SUPERNETS = VECTORS["cnas"]["supernet"]
PLAIN = {"final_pool": 1, "preprocess_bn_eps": 1e-5}


def name_of(entry):
    return f"{entry.get('name', 'supernet')}-{entry['classes']}-{entry['input']}"


@pytest.mark.parametrize("key", VECTORS["cnas"]["op_params_affine"])
def test_operation_sizes(key):
    name, channels, stride = key.split("/")
    operation = CNAS_OPERATIONS[name](int(channels[1:]), int(stride[-1]), True)
    assert parameters(operation, True) == VECTORS["cnas"]["op_params_affine"][key]


def test_operations_are_those_of_the_space():
    assert set(CNAS_OPERATIONS) == set(CNAS_SEARCH_OPERATIONS) == set(SPACE.operations)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("table", [CNAS_OPERATIONS, CNAS_SEARCH_OPERATIONS])
@pytest.mark.parametrize("name", SPACE.operations)
def test_operations_keep_channels_stride_and_input(name, table, stride):
    x = torch.randn(2, 4, 8, 8)
    before = x.clone()
    assert table[name](4, stride, False)(x).shape == (2, 4, 8 // stride, 8 // stride)
    assert torch.equal(x, before)


@pytest.mark.parametrize("entry", FINAL, ids=name_of)
def test_evaluation_network_sizes(entry):
    cells = genotype("cnas", entry["name"])
    with torch.device("meta"):
        for pool, key in ((entry["final_pool"], "params_total"), (1, "params_total_pool1")):
            if key in entry:
                options = {**PLAIN, "final_pool": pool}
                network = cnas.build(cells, Skeleton(**skeleton(entry, auxiliary=True)), **options)
                assert parameters(network, False) == entry[key]
                if pool == entry["final_pool"] and "params_with_aux_head" in entry:
                    assert parameters(network, True) == entry["params_with_aux_head"]


@pytest.mark.parametrize(
    ("key", "epsilon"), [("wiring_logit", 1e-5), ("wiring_logit_preproc_eps1", 1.0)]
)
@pytest.mark.parametrize("entry", FINAL, ids=name_of)
def test_evaluation_network_wiring(entry, key, epsilon):
    network = averaging(
        cnas.build(
            genotype("cnas", entry["name"]),
            Skeleton(**skeleton(entry, auxiliary=False, channels=CHANNELS)),
            final_pool=entry["final_pool"],
            preprocess_bn_eps=epsilon,
        )
    )
    assert_logits(network(waves(entry["input"]))[0], entry[key])


@pytest.mark.parametrize("entry", SUPERNETS, ids=name_of)
def test_supernet_sizes(entry):
    options = skeleton(entry, auxiliary=False)
    with torch.device("meta"):
        network = cnas_supernet(
            kind=Supernet,
            **{name: options[name] for name in ("images", "classes", "channels", "cells")},
        )
    assert parameters(network, True) == entry["params_preproc_bn_not_affine"]
    # By a slip, the program's 1x1 blocks before the cells have a learnt scale and offset.
    learnt = sum(
        2 * layer.num_features
        for cell in network.cells
        for block in (cell.preprocess.first, cell.preprocess.second)
        if not isinstance(block, FactorizedReduce)
        for layer in block
        if isinstance(layer, nn.BatchNorm2d)
    )
    assert parameters(network, True) + learnt == entry["params_reference"]
    assert [[len(SOURCES), len(SPACE.operations)]] * 2 == entry["alphas"]


@pytest.mark.parametrize("entry", SUPERNETS, ids=name_of)
def test_supernet_wiring(entry):
    options = skeleton(entry, auxiliary=False, channels=CHANNELS)
    network = cnas_supernet(
        kind=Supernet,
        **{name: options[name] for name in ("images", "classes", "channels", "cells")},
    )
    uniform = torch.full((27, 8), 1 / 8, dtype=torch.float64)
    found = averaging(network)(waves(entry["input"]), uniform, uniform)
    assert_logits(found, entry["wiring_logit_uniform_alpha"])


def test_supernet_norms_learn_nothing_but_in_the_large_stem():
    network = cnas_supernet(images="small", classes=2, channels=4, cells=3)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    assert norms and not any(norm.affine for norm in norms)
    assert {norm.eps for norm in norms} == {1e-5}


def test_one_hot_weights_give_the_discrete_network(monkeypatch):
    for name in ("avg_pool_3x3", "max_pool_3x3"):  # bare in the supernet too, so as to compare
        monkeypatch.setitem(CNAS_SEARCH_OPERATIONS, name, CNAS_OPERATIONS[name])
    cells = SPACE.sample(stream("one-hot"))
    shape = {"images": "small", "classes": 3, "channels": 4, "cells": 3}
    supernet = averaging(cnas_supernet(kind=Supernet, **shape))
    network = averaging(build_network(cells, image_size=16, auxiliary=False, **shape))
    tables = []
    for cell in (cells.normal, cells.reduce):
        table = torch.zeros(27, 8, dtype=torch.float64)
        for node, edges in enumerate(cell.nodes):
            for operation, source in edges:
                edge = sum(range(2, 2 + node)) + source
                table[edge, SPACE.operations.index(operation)] = 1
        tables.append(table)
    torch.testing.assert_close(network(waves(16))[0], supernet(waves(16), *tables))


def test_channel_weighting_scales_whole_channels():
    x = torch.rand(2, 20, 4, 4)
    weighting = channel_weighting(20, 1, True)
    assert isinstance(weighting, SqueezeExcitation)
    ratio = weighting(x) / x
    assert torch.allclose(ratio, ratio.mean(dim=(2, 3), keepdim=True))
    assert ((ratio > 0) & (ratio < 1)).all()


def test_the_shuffle_blocks_shortcut_counts_padding():
    block = ShuffleBlock(1, 2, True)
    nn.init.zeros_(block.residual[-1].weight)
    found = block.eval()(torch.ones(1, 1, 4, 4))
    assert torch.allclose(found, torch.tensor([[4.0, 6.0], [6.0, 9.0]]) / 9)


def test_the_epsilon_is_that_of_the_1x1_blocks_alone():
    cells, options = genotype("cnas", "DARTS_MORE_V4"), {**PLAIN, "preprocess_bn_eps": 0.5}
    shape = skeleton({"input": 32, "classes": 2, "init_channels": 2, "cells": 6}, auxiliary=False)
    network = build_network(cells, options=options, **shape)
    changed = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d) and m.eps == 0.5]
    assert len(changed) == 2 * 6 - 2
    default = build_network(cells, **shape)
    assert {m.eps for m in default.modules() if isinstance(m, nn.BatchNorm2d)} == {1e-5}
    block = relu_conv_norm(2, 2, 1, 1, True)
    assert block[-1].eps == 1e-5


@pytest.mark.parametrize("side", range(2, 9))
def test_final_pool_is_adaptive_pooling(side):
    x = torch.randn(2, 3, side, side)
    for parts in (1, 2):
        expected = nn.AdaptiveAvgPool2d(parts)(x)
        torch.testing.assert_close(cnas._pool(side, parts)(x), expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"final_pool": 3}, "final_pool: input should be 1 or 2, not 3"),
        ({"final_pool": 0}, "final_pool: input should be 1 or 2, not 0"),
        ({"preprocess_bn_eps": 0}, "preprocess_bn_eps: input should be greater than 0"),
        ({"squeeze_excitation": True}, "options of the space cnas: squeeze_excitation is unknown"),
    ],
)
def test_what_cannot_be_built_is_refused(options, message):
    shape = skeleton({"input": 32, "classes": 2, "init_channels": 2, "cells": 3}, auxiliary=False)
    with pytest.raises(NasevalError, match=message):
        build_network(genotype("cnas", "DARTS_MORE_V4"), options=options, **shape)


def test_a_2x2_pool_needs_a_map_of_two_pixels():
    entry = {"input": 32, "classes": 2, "init_channels": 2, "cells": 3}
    shape = {**skeleton(entry, auxiliary=False), "images": "large"}
    with pytest.raises(NasevalError, match="final_pool is 2"):
        build_network(genotype("cnas", "DARTS_MORE_V4"), options={"final_pool": 2}, **shape)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize(("images", "side"), [("small", 8), ("large", 64)])
def test_every_genotype_trains(index, images, side):
    network = build_network(
        SPACE.sample(stream("cnas network", index)),
        images=images,
        image_size=side,
        classes=3,
        channels=2,
        cells=3,
        auxiliary=index % 2 == 0,
        options={"final_pool": 2},
    )
    logits, tower = network(torch.randn(2, 3, side, side))
    (logits.sum() + (0 if tower is None else tower.sum())).backward()
    assert logits.shape == (2, 3) and logits.isfinite().all()
    assert all(p.grad is not None for p in network.stem.parameters())
