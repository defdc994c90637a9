import re
from itertools import chain

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from fixtures_networks import VECTORS, build_network, fill_by_rule, images_by_rule
from naseval.errors import NasevalError
from naseval.methods._supernet.supernet import Supernet
from naseval.networks.cost import parameters
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.spaces.darts.space import OPERATIONS

SHORT = {
    "max3": "max_pool_3x3",
    "skip": "skip_connect",
    "sep3": "sep_conv_3x3",
    "dil3": "dil_conv_3x3",
    "dil5": "dil_conv_5x5",
    "none": "none",
}
# StacNAS, the second stage: what competes within each group
GROUPS = {
    "max_pool_3x3": ("avg_pool_3x3", "max_pool_3x3", "none"),
    "skip_connect": ("skip_connect", "skip_connect", "none"),
    "sep_conv_3x3": ("sep_conv_3x3", "sep_conv_5x5", "none"),
    "dil_conv_3x3": ("dil_conv_3x3", "dil_conv_5x5", "none"),
}
SIZES = {
    f"{section}-{key}": (key, size if isinstance(size, dict) else {"weights": size})
    for section, entries in VECTORS["search_supernets"].items()
    if isinstance(entries, dict)
    for key, size in entries.items()
}


def without_classes(key: str) -> str:
    return re.sub(r"cls\d+", "cls", key)


FIXTURE = VECTORS["supernet_fixture"]


def alive(key: str) -> list[tuple[str, ...]]:
    """Return the operations on each of the 14 edges, from an entry's name."""
    if "5reps" in key:
        return [(*GROUPS, "none")] * 14
    if key.endswith("e_mod_4"):
        return [list(GROUPS.values())[edge % 4] for edge in range(14)]
    if "all_sep_group" in key:
        return [GROUPS["sep_conv_3x3"]] * 14
    if "group_" in key:
        return [GROUPS[key.split("group_")[1]]] * 14
    if "+" in key:
        names = re.search(r"[^_]+\+[^_]+", key)[0].split("+")
        return [tuple(SHORT[name] for name in names)] * 14
    return [OPERATIONS] * 14


@pytest.mark.parametrize("case", dict.fromkeys(map(without_classes, SIZES)))
def test_supernet_sizes(case):
    network = None
    for key, expected in (SIZES[name] for name in SIZES if without_classes(name) == case):
        cells, classes = (int(re.search(rf"{word}(\d+)", key)[1]) for word in ("L", "cls"))
        with torch.device("meta"):
            if network is None:
                network = Supernet(
                    {"normal": alive(key), "reduce": alive(key)},
                    images="large" if "large" in key else "small",
                    classes=classes,
                    channels=16,
                    cells=cells,
                )
            else:  # faster than building anew
                network.classifier = nn.Linear(network.classifier.in_features, classes)
        assert parameters(network, True) == expected["weights"]
        if "alphas" in expected:
            kinds = network.cells[0], network.cells[network.reductions[0]]
            mixed = [len(edge.operations) for cell in kinds for edge in cell.edges]
            assert sum(mixed) == expected["alphas"]


def small(cells: int = 3, channels: int = 4) -> Supernet:
    return Supernet(
        {"normal": [OPERATIONS] * 14, "reduce": [OPERATIONS] * 14},
        images="small",
        classes=4,
        channels=channels,
        cells=cells,
    )


@pytest.fixture(scope="module")
def filled():
    network = fill_by_rule(small())
    edge = torch.arange(14, dtype=torch.float64)[:, None]
    k = torch.arange(8, dtype=torch.float64)
    alphas = [
        (0.5 * torch.sin(0.3 + 1.7 * edge + 2.3 * k + 0.9 * kind)).requires_grad_()
        for kind in (0, 1)
    ]
    return network, alphas, images_by_rule(8, 16)


def logits(filled, rows):
    network, alphas, images = filled
    return network(images[rows], *(alpha.softmax(dim=1) for alpha in alphas))


def close(actual, expected):
    expected = torch.tensor(expected, dtype=torch.float64)
    torch.testing.assert_close(actual.detach(), expected, rtol=1e-6, atol=1e-9)


def test_training_pass(filled):
    out = logits(filled, slice(0, 4))
    assert parameters(filled[0], True) == FIXTURE["weights"]
    close(out, FIXTURE["train_logits"])
    close(F.cross_entropy(out, torch.tensor([0, 1, 2, 3])), FIXTURE["train_loss"])


def test_validation_loss_and_its_gradient(filled):
    loss = F.cross_entropy(logits(filled, slice(4, 8)), torch.tensor([3, 1, 0, 2]))
    close(loss, FIXTURE["val_loss"])
    normal, reduce = torch.autograd.grad(loss, filled[1])
    close(normal, list(chain(*FIXTURE["first_order_grad_normal"])))
    close(reduce, list(chain(*FIXTURE["first_order_grad_reduce"])))


def chosen(cell):
    """Yield each edge's place among the 14 edges and its operation's place in the table."""
    for node, edges in enumerate(cell.nodes):
        first = sum(range(2, 2 + node))
        for name, source in edges:
            yield first + source, OPERATIONS.index(name)


@pytest.mark.parametrize("index", range(3))
def test_one_hot_weights_give_the_discrete_network(index):
    genotype = get_space("darts").sample(stream("supernet", index), "paper_literal8")
    supernet = small(cells=4).double()
    shape = {"images": "small", "image_size": 16, "classes": 4, "channels": 4, "cells": 4}
    network = build_network(genotype, **shape, auxiliary=False).double()
    network.load_state_dict(supernet.state_dict(), strict=False)
    weights = {kind: torch.zeros(14, 8, dtype=torch.float64) for kind in ("normal", "reduce")}
    for at, discrete in enumerate(network.cells):
        kind = "reduce" if at in supernet.reductions else "normal"
        for operation, (edge, k) in zip(discrete.edges, chosen(discrete.cell), strict=True):
            weights[kind][edge, k] = 1
            mixed = supernet.cells[at].edges[edge].operations[k]
            if not isinstance(mixed, nn.Identity):
                operation[0].load_state_dict(mixed.state_dict(), strict=False)
    x = torch.randn(3, 3, 16, 16, dtype=torch.float64)
    torch.testing.assert_close(network(x)[0], supernet(x, **weights))


def test_edges_differ_in_their_operations():
    edges = [("skip_connect", "none") if e % 2 else ("sep_conv_3x3", "none") for e in range(14)]
    network = Supernet(
        {"normal": edges, "reduce": [("avg_pool_3x3", "none")] * 14},
        images="large",
        classes=4,
        channels=4,
        cells=3,
    )
    weights = torch.full((14, 2), 0.5)
    assert network(torch.randn(2, 3, 64, 64), weights, weights).shape == (2, 4)
    with pytest.raises(ValueError):
        network(torch.randn(2, 3, 64, 64), torch.full((15, 2), 0.5), weights)


def test_an_image_that_does_not_divide_is_refused():
    weights = torch.full((14, 8), 1 / 8)
    with pytest.raises(NasevalError, match="multiple of 4"):
        small()(torch.randn(2, 3, 30, 30), weights, weights)
