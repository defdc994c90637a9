"""The merged supernet against the plain one: the same numbers, fewer operations."""

import copy

import pytest
import torch

from naseval.methods._supernet.merged import MergedSupernet
from naseval.methods._supernet.supernet import Supernet
from naseval.spaces.darts.space import SPACE

EVERYTHING = (SPACE.operations,) * 14
FEW = tuple(SPACE.operations[edge % 5 : edge % 5 + 3] for edge in range(14))
TWINS = (("skip_connect", "skip_connect", "sep_conv_3x3"),) * 14


def pair(normal, reduce, images="small", cells=4):
    networks = []
    for kind in (Supernet, MergedSupernet):
        torch.manual_seed(0)
        networks.append(
            kind(
                {"normal": normal, "reduce": reduce},
                images=images,
                classes=5,
                channels=4,
                cells=cells,
            ).double()
        )
    return networks


def weights(operations, generator):
    table = torch.randn(14, len(operations[0]), generator=generator, dtype=torch.float64)
    return torch.softmax(table, dim=-1).requires_grad_()


@pytest.mark.parametrize(
    ("normal", "reduce", "images", "size"),
    [
        (EVERYTHING, EVERYTHING, "small", 16),
        (EVERYTHING, EVERYTHING, "large", 64),
        (FEW, FEW[::-1], "small", 16),
        (TWINS, TWINS, "small", 16),
    ],
)
def test_merging_changes_no_result(normal, reduce, images, size):
    plain, merged = pair(normal, reduce, images)
    generator = torch.Generator().manual_seed(1)
    tables = [weights(normal, generator), weights(reduce, generator)]
    x = torch.randn(6, 3, size, size, generator=generator, dtype=torch.float64)
    results = []
    for network in (plain, merged):
        logits = network(x, *tables)
        loss = logits.square().sum()
        gradients = torch.autograd.grad(loss, [*tables, *network.parameters()])
        network.eval()
        results.append([logits, *gradients, *network.buffers(), network(x, *tables)])
    for expected, found in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-10)


def test_both_have_the_same_state():
    plain, merged = pair(EVERYTHING, EVERYTHING)
    merged.load_state_dict(copy.deepcopy(plain.state_dict()))
    assert all(map(torch.equal, plain.parameters(), merged.parameters()))


def test_merging_executes_each_operation_once_per_state():
    counts = []
    for network in pair(EVERYTHING, EVERYTHING, cells=1):
        calls = []
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
            table = torch.full((14, 8), 1 / 8, dtype=torch.float64)
            network(torch.zeros(2, 3, 8, 8, dtype=torch.float64), table, table)
        calls = {event.key: event.count for event in profile.key_averages()}
        counts.append(calls["aten::conv2d"])
    # 3 of the stem and the preprocessing; 14 edges against 5 states, of which 2 are halved
    assert counts[0] > 2 * counts[1]
