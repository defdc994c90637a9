import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from fixtures_networks import (
    VECTORS,
    build_network,
    fill_by_rule,
    images_by_rule,
    modified,
    published,
)
from naseval.errors import GenotypeError, NasevalError
from naseval.genotype import Cell, Genotype
from naseval.networks.cost import count, macs, parameters
from naseval.networks.drop_path import DropPath, set_drop_path
from naseval.networks.operations import BARE_POOLS, OPERATIONS, FactorizedReduce
from naseval.networks.shape import Skeleton, reductions
from naseval.networks.skeleton import AuxiliaryHead
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.spaces.modified.network import MODIFIED_OPERATIONS
from naseval.spaces.pdarts import network as pdarts

FACTS = VECTORS["cell_facts"]
AUGMENT = [
    (name, flavour, shape)
    for name, flavours in VECTORS["augment_networks"].items()
    for flavour, entries in flavours.items()
    for shape in dict.fromkeys(key.rsplit("_cls", 1)[0] for key in entries)
]
MODIFIED = [
    (name, key)
    for name, case in VECTORS["modified_op_space"]["cases"].items()
    for key in case
    if key.startswith("C")
]


def skeleton(key: str) -> dict[str, Any]:
    """Read e.g. `large_C36_L8_cls67`."""
    images = "large" if key.startswith("large") else "small"
    channels, cells, classes = key.split("_")[-3:]
    return {
        "images": images,
        "image_size": 224 if images == "large" else 32,
        "classes": int(classes[3:]),
        "channels": int(channels[1:]),
        "cells": int(cells[1:]),
        "auxiliary": True,
    }


def build(name: str, flavour: str, key: str) -> nn.Module:
    if flavour == "plain_pool":  # built directly: not all of these lie in the P-DARTS space
        return pdarts.build(published(name, "pdarts"), Skeleton(**skeleton(key)))
    return build_network(published(name), **skeleton(key))


def set_classes(network: nn.Module, classes: int) -> None:
    """Replace the last layers, which is faster than building anew."""
    network.classifier = nn.Linear(network.classifier.in_features, classes)
    network.auxiliary[-1] = nn.Linear(network.auxiliary[-1].in_features, classes)


@pytest.mark.parametrize("key", VECTORS["op_param_counts_C16"])
def test_operation_sizes(key):
    name, stride, affine = key.rsplit("_", 2)
    operation = OPERATIONS[name](16, int(stride[-1]), affine == "affineTrue")
    assert parameters(operation, True) == VECTORS["op_param_counts_C16"][key]


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("name", [*OPERATIONS, *MODIFIED_OPERATIONS])
def test_operations_keep_channels_and_stride(name, stride):
    operation = {**OPERATIONS, **MODIFIED_OPERATIONS}[name](4, stride, True)
    x = torch.randn(2, 4, 8, 8)
    before = x.clone()
    assert operation(x).shape == (2, 4, 8 // stride, 8 // stride)
    assert torch.equal(x, before)


def test_bare_pools_have_nothing_to_train_and_ignore_padding():
    for build in BARE_POOLS.values():
        assert parameters(build(16, 2, True), True) == 0
    average = BARE_POOLS["avg_pool_3x3"](1, 1, True)
    assert torch.equal(average(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))


def test_factorized_reduce_sees_every_pixel_once():
    reduce = FactorizedReduce(1, 2, affine=False).eval()
    with torch.no_grad():
        reduce.even.weight.fill_(1)
        reduce.odd.weight.fill_(1)
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    even, odd = reduce(x)[0] * math.sqrt(1 + 1e-5)
    assert torch.allclose(even, x[0, 0, ::2, ::2])
    assert torch.allclose(odd, x[0, 0, 1::2, 1::2])


@pytest.mark.parametrize("cells", FACTS["reduction_cells"])
def test_reduction_positions(cells):
    assert list(reductions(int(cells))) == FACTS["reduction_cells"][cells]


@pytest.mark.parametrize("cells", FACTS["aux_position"])
def test_tower_positions(cells):
    with torch.device("meta"):
        network = build_network(published("DARTS_V2"), **skeleton(f"C4_L{cells}_cls10"))
    assert network.tower_at == FACTS["aux_position"][cells]


@pytest.mark.parametrize(("name", "flavour", "shape"), AUGMENT)
def test_evaluation_networks(name, flavour, shape):
    entries = VECTORS["augment_networks"][name][flavour]
    keys = [key for key in entries if key.startswith(f"{shape}_cls")]
    network = build(name, flavour, keys[0])
    for key in keys:
        expected = entries[key]
        if key != keys[0]:
            set_classes(network, skeleton(key)["classes"])
        assert parameters(network, False) == expected["no_aux"]
        assert parameters(network, True) == expected["with_aux"]
        assert parameters(network.auxiliary, True) == expected["aux"]
        if "macs" in expected:
            assert_costs_and_shapes(network, skeleton(key)["image_size"], expected)


@torch.no_grad()
def assert_costs_and_shapes(network: nn.Module, side: int, expected: dict[str, Any]) -> None:
    assert macs(network, side) == expected["macs"]
    assert network.training
    logits, auxiliary = network(torch.zeros(2, 3, side, side))
    assert [1, *logits.shape[1:]] == expected["out"]
    assert list(auxiliary.shape) == expected["aux_out"]


@pytest.mark.parametrize("case", VECTORS["cell_output_shapes_CHW_C36"])
@torch.no_grad()
def test_cell_output_shapes(case):
    images, cells = case.split("_L")
    key = f"{'large_' if images == 'large' else ''}C36_L{cells}_cls{8 if images == 'large' else 10}"
    network = build("DARTS_V2", "bn_after_pool", key)
    shapes = []
    for cell in network.cells:
        cell.register_forward_hook(lambda _cell, _inputs, out: shapes.append(list(out.shape[1:])))
    side = skeleton(key)["image_size"]
    network.eval()(torch.zeros(1, 3, side, side))
    assert shapes == VECTORS["cell_output_shapes_CHW_C36"][case]


@pytest.mark.parametrize(("name", "key"), MODIFIED)
def test_modified_network_sizes(name, key):
    expected = VECTORS["modified_op_space"]["cases"][name][key]
    with torch.device("meta"):
        network = build_network(modified(name), **skeleton(key))
    assert parameters(network, False) == expected["no_aux"]
    assert parameters(network, True) == expected["with_aux"]
    if "macs" in expected:
        assert macs(network, 32) == expected["macs"]


def assert_close(actual: torch.Tensor, expected: Any) -> None:
    expected = torch.tensor(expected, dtype=torch.float64)
    torch.testing.assert_close(actual.detach(), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("case", VECTORS["forward_fixtures"]["cases"])
def test_forward_passes(case):
    expected = VECTORS["forward_fixtures"]["cases"][case]
    name, images = case.removesuffix("_C8_L8_cls10").rsplit("_", 1)
    shape = skeleton(f"{images.rstrip('0123456789')}_C8_L8_cls10")
    network = fill_by_rule(build_network(published(name), **shape))
    x = images_by_rule(2, shape["image_size"])
    assert parameters(network, False) == expected["params_no_aux"]
    assert parameters(network, True) == expected["params_with_aux"]
    logits, none = network.eval()(x)
    assert_close(logits, expected["eval_logits_default_running_stats"])
    assert none is None
    logits, auxiliary = network.train()(x)
    assert_close(logits, expected["train_logits"])
    assert_close(auxiliary, expected["train_aux_logits"])


def test_modified_forward_pass():
    expected = VECTORS["modified_op_space"]["cases"]["MOD_A"]["forward_C8_L8_cls10"]
    network = fill_by_rule(build_network(modified("MOD_A"), **skeleton("C8_L8_cls10")))
    logits, auxiliary = network(images_by_rule(2, 32))
    assert_close(logits, expected["train_logits"])
    assert_close(auxiliary, expected["train_aux_logits"])


@pytest.mark.parametrize("space", ["darts", "pdarts", "modified"])
@given(
    index=st.integers(0, 10**6),
    cells=st.integers(1, 5),
    images=st.sampled_from(["small", "large"]),
    auxiliary=st.booleans(),
)
@settings(max_examples=8)
def test_every_genotype_trains(space, index, cells, images, auxiliary):
    side = 64 if images == "large" else 8
    network = build_network(
        get_space(space).sample(stream("network", index)),
        images=images,
        image_size=side,
        classes=3,
        channels=2,
        cells=cells,
        auxiliary=auxiliary,
    )
    logits, tower = network(torch.randn(2, 3, side, side))
    assert logits.shape == (2, 3) and logits.isfinite().all()
    assert (tower is not None) == auxiliary
    (logits.sum() + (tower.sum() if auxiliary else 0)).backward()
    assert all(weight.grad is not None for weight in network.stem.parameters())


def test_none_edges_train():
    zero = Cell(((("none", 0), ("none", 1)),) * 4, (2, 3, 4, 5))
    genotype = Genotype("darts", zero, published("DARTS_V2").reduce)
    network = build_network(genotype, **skeleton("C4_L3_cls10"))
    logits, _ = network(torch.randn(2, 3, 32, 32))
    logits.sum().backward()
    assert logits.isfinite().all()


@pytest.mark.parametrize("side", [*range(1, 17), 28])
def test_the_tower_takes_maps_of_any_side(side):
    assert AuxiliaryHead(4, side, 10)(torch.randn(2, 4, side, side)).shape == (2, 10)


def test_the_towers_pool_is_the_published_one_on_the_papers_maps():
    for side, stride in {8: 3, 7: 2}.items():
        pool = AuxiliaryHead(4, side, 10)[1]
        assert isinstance(pool, nn.AvgPool2d)
        assert (pool.kernel_size, pool.stride, pool.padding) == (5, stride, 0)


def test_drop_path_is_on_all_edges_but_the_stride_1_identity():
    network = build_network(published("DARTS_V2"), **skeleton("C4_L8_cls10"))
    set_drop_path(network, 0.25)
    paths = [module for module in network.modules() if isinstance(module, DropPath)]
    assert {path.probability for path in paths} == {0.25}
    # 6 normal cells with two identities; in the 2 reduction cells three skips, all from nodes
    assert len(paths) == 6 * (8 - 2) + 2 * (8 - 3)


def test_drop_path_drops_samples_and_rescales_the_rest():
    pool = (("max_pool_3x3", 0), ("max_pool_3x3", 1))
    cell = Cell((pool,) * 4, (2, 3, 4, 5))
    network = build_network(Genotype("darts", cell, cell), **skeleton("C4_L1_cls10"))
    set_drop_path(network, 0.5)
    edge, x = network.cells[0].edges[0], torch.randn(400, 8, 4, 4)
    torch.manual_seed(0)
    whole = edge[0].train()(x)
    dropped = edge(x)
    kept = dropped.abs().sum(dim=(1, 2, 3)) > 0
    assert 140 < kept.sum() < 260
    assert torch.allclose(dropped[kept], 2 * whole[kept])
    images = torch.randn(2, 3, 32, 32)
    network.eval()
    assert torch.equal(network(images)[0], network(images)[0])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image_size": 30}, "image_size is 30; .* multiple of 4"),
        ({"images": "large", "image_size": 100}, "image_size is 100; .* multiple of 32"),
        ({"images": "medium"}, "choose small or large"),
        ({"options": {"dropout": 0.1}}, "options of the space darts: dropout is unknown"),
    ],
)
def test_what_cannot_be_built_is_refused(changed, message):
    with pytest.raises(NasevalError, match=message):
        build_network(published("DARTS_V2"), **{**skeleton("C4_L8_cls10"), **changed})


def test_a_genotype_outside_its_space_is_refused():
    with pytest.raises(GenotypeError, match="normal cell has 3 skip_connect"):
        build_network(published("DARTS_V1", "pdarts"), **skeleton("C4_L8_cls10"))


def test_the_tower_is_built_only_when_asked_for():
    shape = {**skeleton("C4_L8_cls10"), "auxiliary": False}
    network = build_network(published("DARTS_V2"), **shape)
    assert network.auxiliary is None
    assert network(torch.randn(2, 3, 32, 32))[1] is None
    assert parameters(network, True) == parameters(network, False)


def test_counting_leaves_the_mode_alone():
    network = build_network(published("DARTS_V2"), **skeleton("C4_L3_cls10")).eval()
    macs(network, 32)
    assert not network.training


def test_the_tower_is_known_by_its_module():
    network = build_network(published("DARTS_V2"), **skeleton("C4_L3_cls10"))
    alone = parameters(network, False)
    assert count(network, 32) == (alone, macs(network, 32))
    network.auxiliary_classifier = nn.Linear(3, 3)  # a name that only begins like the tower's
    network.frozen = nn.Linear(3, 3).requires_grad_(False)
    assert parameters(network, False) == alone + 12
    assert parameters(network, True) > parameters(network, False)
