from functools import cache

import pytest
import torch
from torch import nn

from controller_toys import averaging_with_frozen_statistics
from fixtures_networks import build_network, keep_probability
from fixtures_wiring import CHANNELS, VECTORS, assert_logits, averaging, skeleton, waves
from naseval.genotype import Genotype
from naseval.methods._weight_sharing import Combine, EdgeBank
from naseval.methods.nao.supernet import NaoSupernet
from naseval.networks.cost import parameters
from naseval.networks.drop_path import ramp, set_drop_path
from naseval.networks.loose_ends import LOOSE_OPERATIONS
from naseval.spaces.enas.space import OPERATIONS, cell_of
from naseval.spaces.nao.network import NAO_OPERATIONS
from naseval.spaces.nao.space import RELEASED_OPERATIONS, SPACE

FACTS = VECTORS["nao"]
FINAL, SUPERNETS = FACTS["final"], FACTS["supernet"]


def label(entry):
    return f"{entry['name']}-{entry['input']}-{entry['classes']}"


def genotype(name):
    """Return a genotype of the vectors, from its integers, of which one has up to 15."""
    integers = FACTS["genotypes"][name]["integers"]
    cells = [cell_of(integers[kind], RELEASED_OPERATIONS) for kind in ("normal", "reduce")]
    return Genotype("nao", *cells)


@pytest.mark.parametrize("entry", FINAL, ids=label)
def test_evaluation_network_sizes(entry):
    chosen = genotype(entry["name"])
    assert list(chosen.normal.concat) == entry["concat_normal"]
    assert list(chosen.reduce.concat) == entry["concat_reduce"]
    with torch.device("meta"):
        network = build_network(chosen, **skeleton(entry, True))
    assert parameters(network, True) == entry["params_total_with_aux"]
    assert parameters(network, False) == entry["params_no_aux"]


@pytest.mark.parametrize("entry", [e for e in FINAL if "wiring_logit" in e], ids=label)
def test_evaluation_network_wiring(entry):
    network = averaging(build_network(genotype(entry["name"]), **skeleton(entry, True, CHANNELS)))
    network.training = True  # this module's own mode only: the tower speaks, statistics stand
    logits, auxiliary = network(waves(entry["input"]))
    assert_logits(logits, entry["wiring_logit"])
    assert_logits(auxiliary, entry["aux_logit"])


@cache
def supernet(side, classes, cells, channels):
    entry = {"input": side, "classes": classes, "cells": cells, "init_channels": channels}
    options = skeleton(entry, False)
    del options["auxiliary"]
    return averaging_with_frozen_statistics(NaoSupernet(**options, dropout=0.0))


@pytest.mark.parametrize("entry", SUPERNETS, ids=label)
def test_supernet_sizes(entry):
    network = supernet(entry["input"], entry["classes"], entry["cells"], entry["init_channels"])
    assert parameters(network, True) == entry["params_supernet"]
    with torch.device("meta"):
        alone = build_network(genotype(entry["name"]), **skeleton(entry, False))
    assert parameters(alone, True) == entry["params_child_standalone_same_size"]


@pytest.mark.parametrize("entry", SUPERNETS, ids=label)
def test_supernet_wiring(entry):
    network = supernet(entry["input"], entry["classes"], entry["cells"], CHANNELS)
    logits = network(waves(entry["input"]), genotype(entry["name"]))
    assert_logits(logits, entry["wiring_logit"])


@pytest.mark.parametrize("key", FACTS["op_params"])
def test_operation_sizes(key):
    name, width, *rest = key.removeprefix("shared ").split("/")
    channels, expected = int(width[1:]), FACTS["op_params"][key]
    if name == "final combine":
        module = Combine(channels, reduction=False)
    elif key.startswith("shared"):
        bank = EdgeBank(int(rest[0].removeprefix("inputs")), channels, reduction=False)
        module = nn.ModuleList(operations[name] for operations in bank.operations)
    else:
        stride = 2 if rest and rest[0].startswith("stride2") else 1
        known = {"identity": "skip_connect", "pool": "avg_pool_3x3"}.get(name, name)
        module = LOOSE_OPERATIONS[known](channels, stride, True)
    assert parameters(module, True) == expected


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("name", SPACE.operations)
def test_operations_keep_channels_and_stride(name, stride):
    x = torch.randn(2, 4, 8, 8)
    before = x.clone()
    assert NAO_OPERATIONS[name](4, stride, True)(x).shape == (2, 4, 8 // stride, 8 // stride)
    assert torch.equal(x, before)


def test_a_pool_of_2x2_repeats_the_border():
    x = torch.arange(9.0).reshape(1, 1, 3, 3) * -1
    found = NAO_OPERATIONS["max_pool_2x2"](1, 1, True)(x)
    assert found[0, 0].tolist() == [[0, -1, -2], [-3, -4, -5], [-6, -7, -8]]


@pytest.mark.parametrize("entry", FACTS["drop_path_keep_prob_examples"])
def test_drop_path_ramps_by_depth_and_step(entry):
    cells, index = entry["cells"], entry["layer_id"]
    network = supernet(32, 2, cells, 2)
    probability = ramp(entry["step"] + 1, entry["total_steps"], 1 - entry["final_keep_prob"])
    network.set_drop_path(probability)
    kept = keep_probability(network.cells[index].drop_path)
    assert kept == pytest.approx(entry["effective_keep_prob"], rel=1e-9)


def small(**options):
    return build_network(
        genotype("loose_input"),
        images="small",
        image_size=16,
        classes=3,
        channels=4,
        cells=3,
        auxiliary=True,
        options=options,
    )


def test_drop_path_spares_identities_alone():
    torch.manual_seed(0)
    network = small()
    set_drop_path(network, 0.9)
    dropped = []
    for cell in network.cells:
        cell.drop_path.register_forward_hook(lambda module, *_: dropped.append(module))
    network(torch.randn(4, 3, 16, 16))
    chosen = genotype("loose_input")
    kinds = [chosen.normal, chosen.reduce, chosen.reduce]
    expected = [
        cell.drop_path
        for cell, kind in zip(network.cells, kinds, strict=True)
        for name in kind.operations
        if name != "skip_connect"
    ]
    assert dropped == expected


def test_the_tower_stands_on_the_second_reduction():
    network = small(dropout=0.4)
    assert network.tower_at == 2
    assert [m.p for m in network.head.modules() if isinstance(m, nn.Dropout)] == [0.4]
    logits, auxiliary = network(torch.randn(4, 3, 16, 16))
    assert logits.shape == auxiliary.shape == (4, 3)


def test_a_supernet_runs_only_the_path_sampled():
    network = NaoSupernet(
        images="large", image_size=64, classes=3, channels=4, cells=3, dropout=0.0
    )
    chosen, ran = genotype("random_1"), []
    for index, cell in enumerate(network.cells):
        for edge, bank in enumerate(cell.edges):
            for source, operations in enumerate(bank.operations):
                for name in OPERATIONS:
                    key = (index, edge, name, source)
                    operations[name].register_forward_hook(lambda *_, key=key: ran.append(key))
    assert network(torch.randn(2, 3, 64, 64), chosen).shape == (2, 3)
    assert ran == [
        (index, edge, name, source)
        for index, cell in enumerate([chosen.normal, chosen.reduce, chosen.reduce])
        for edge, (name, source) in enumerate(pair for node in cell.nodes for pair in node)
    ]
