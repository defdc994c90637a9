from functools import cache

import pytest
import torch
from torch import nn

from controller_toys import averaging_with_frozen_statistics
from fixtures_networks import build_network, keep_probability
from fixtures_wiring import CHANNELS, VECTORS, assert_logits, averaging, genotype, skeleton, waves
from naseval.errors import NasevalError
from naseval.methods.enas.supernet import EnasSupernet
from naseval.networks.cost import parameters
from naseval.networks.drop_path import set_drop_path
from naseval.networks.skeleton import EvaluationNetwork
from naseval.settings.base import Optimizer
from naseval.spaces.enas.network import tower_position
from naseval.training.optimizers import learning_rate

FACTS = VECTORS["enas"]
FINAL = FACTS["final_cifar"] + FACTS["final_224_darts_style"]
SUPERNETS = FACTS["supernet"]


def label(entry):
    return f"{entry['name']}-{entry['input']}-{entry['classes']}"


def with_values(entries):
    return [e for e in entries if any(key.startswith("wiring") for key in e)]


@pytest.mark.parametrize("entry", FINAL, ids=label)
def test_evaluation_network_sizes(entry):
    with torch.device("meta"):
        network = build_network(genotype("enas", entry["name"]), **skeleton(entry, True))
    assert parameters(network, True) == entry["params_total_with_aux"]
    assert parameters(network, False) == entry["params_no_aux"]


@pytest.mark.parametrize("entry", with_values(FINAL), ids=label)
def test_evaluation_network_wiring(entry):
    network = averaging(
        build_network(genotype("enas", entry["name"]), **skeleton(entry, True, CHANNELS))
    )
    network.training = True  # this module's own mode only: the tower speaks, statistics stand
    logits, auxiliary = network(waves(entry["input"]))
    assert_logits(logits, entry.get("wiring_logit", entry.get("wiring_logit_symmetric_padding")))
    if "aux_logit" in entry:
        assert_logits(auxiliary, entry["aux_logit"])
    network.eval()
    assert network(waves(entry["input"]))[1] is None


@cache
def supernet_parameters(side, classes, auxiliary):
    entry = {**SUPERNETS[0], "input": side, "classes": classes}
    network = EnasSupernet(**skeleton(entry, auxiliary), dropout=0.0)
    return parameters(network, True), parameters(network, False)


@pytest.mark.parametrize("entry", SUPERNETS, ids=label)
def test_supernet_sizes(entry):
    count, without_tower = supernet_parameters(entry["input"], entry["classes"], False)
    assert count == without_tower == entry["params_clean_no_fc_bias"]
    assert count + entry["classes"] == entry["params_clean_fc_bias"]


@pytest.mark.parametrize("dataset", ["cifar10", "cifar100"])
def test_supernet_sizes_with_the_tower(dataset):
    count, without_tower = supernet_parameters(32, int(dataset[5:]), True)
    counts = FACTS["supernet_counts"]
    assert count == counts["tensorflow_no_fc_bias_with_aux"][dataset]
    assert without_tower == counts["tensorflow_no_fc_bias_no_aux"][dataset]


@cache
def averaging_supernet(side):
    entry = next(e for e in SUPERNETS if e["input"] == side)
    network = EnasSupernet(**skeleton(entry, False, CHANNELS), dropout=0.0)
    return averaging_with_frozen_statistics(network)


@pytest.mark.parametrize("entry", SUPERNETS, ids=label)
def test_supernet_wiring(entry):
    chosen = genotype("enas", entry["name"])
    logits, _ = averaging_supernet(entry["input"])(waves(entry["input"]), chosen)
    expected = "wiring_logit_avg_pool_padding_not_counted_second_implementation"
    assert_logits(logits, entry[expected])


@pytest.mark.parametrize("entry", FACTS["lr_schedule"], ids=lambda entry: f"{entry['epoch']}")
def test_learning_rates_restart(entry):
    for name, expected in entry.items():
        if name != "epoch":
            start, end = map(float, name[name.index("(") + 1 : -1].split(","))
            settings = Optimizer(
                name="sgd",
                learning_rate=start,
                learning_rate_min=end,
                restarts={"first": 10, "factor": 2},
                weight_decay=0,
            )
            assert learning_rate(settings, entry["epoch"], 630) == pytest.approx(expected, rel=1e-9)


def small(images="small", **options):
    return build_network(
        genotype("enas", "random_0"),
        images=images,
        image_size=32,
        classes=10,
        channels=4,
        cells=6,
        auxiliary=True,
        options=options,
    )


def test_the_tower_stands_after_the_second_reduction():
    assert tower_position(17) == 12
    assert tower_position(8) == 6
    assert tower_position(3) == 2  # no cell is left after it
    assert small().tower_at == 5


def test_drop_path_grows_with_depth_and_spares_identities():
    network = small()
    set_drop_path(network, 0.4)
    for index, cell in enumerate(network.cells):
        assert keep_probability(cell.drop_path) == pytest.approx(1 - 0.4 * (index + 1) / 6)
    cell = network.cells[-1]
    cell.drop_path.set_probability(0.5)
    ones = torch.ones(400, 2)
    assert torch.equal(cell._edge(nn.Identity(), "skip_connect", ones), ones)
    torch.manual_seed(0)
    dropped = cell._edge(nn.Identity(), "max_pool_3x3", ones)
    assert set(dropped.unique().tolist()) == {0, 2}
    assert torch.equal(dropped[:, 0], dropped[:, 1])
    cell.eval()
    assert torch.equal(cell._edge(nn.Identity(), "max_pool_3x3", ones), ones)


def test_dropout_belongs_to_small_images():
    dropouts = [m.p for m in small(dropout=0.2).head.modules() if isinstance(m, nn.Dropout)]
    assert dropouts == [0.2]
    assert isinstance(small("large"), EvaluationNetwork)
    with pytest.raises(NasevalError, match="dropout must be 0 for large images"):
        small("large", dropout=0.2)


def supernet():
    return EnasSupernet(
        images="small",
        image_size=16,
        classes=3,
        channels=4,
        cells=3,
        dropout=0.5,
        auxiliary=True,
    )


def test_a_supernet_runs_and_trains_only_the_path_sampled():
    network, chosen = supernet(), genotype("enas", "random_1")
    ran = []
    for index, cell in enumerate(network.cells):
        for edge, bank in enumerate(cell.edges):
            for source, operations in enumerate(bank.operations):
                for name, module in operations.items():
                    key = (index, edge, name, source)
                    module.register_forward_hook(lambda *_, key=key: ran.append(key))
    logits, auxiliary = network(torch.randn(4, 3, 16, 16), chosen)
    assert ran == [
        (index, edge, name, source)
        for index, cell in enumerate([chosen.normal, chosen.reduce, chosen.reduce])
        for edge, (name, source) in enumerate(pair for node in cell.nodes for pair in node)
    ]
    (logits.sum() + auxiliary.sum()).backward()
    cell = network.cells[0]
    assert [mixer.weight.grad is not None for mixer in cell.combine.mixers] == [
        index in chosen.normal.concat for index in range(7)
    ]
    trained = [
        (edge, source)
        for edge, bank in enumerate(cell.edges)
        for source, operations in enumerate(bank.operations)
        if any(weight.grad is not None for weight in operations.parameters())
    ]
    paths = [pair for node in chosen.normal.nodes for pair in node]
    assert trained == [
        (edge, source) for edge, (name, source) in enumerate(paths) if name.startswith("sep")
    ]


def test_a_supernet_normalises_by_the_batch_in_either_mode():
    network, chosen = supernet(), genotype("enas", "random_1")
    images = torch.randn(4, 3, 16, 16)
    network.head[3].p = 0.0
    state = {name: value.clone() for name, value in network.state_dict().items()}
    trained, tower = network(images, chosen)
    network.eval()
    tested, no_tower = network(images, chosen)
    assert torch.equal(trained, tested)
    assert tower.shape == (4, 3)
    assert no_tower is None
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert not torch.allclose(network(images[:2], chosen)[0], tested[:2])
