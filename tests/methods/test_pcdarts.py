"""PC-DARTS: partial channels and edge normalisation."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradient_toys import made_up_data
from naseval.genotype import Cell
from naseval.methods._gradient.darts_edges import ALL, EDGES
from naseval.methods._gradient.unrolled import gradient
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.pcdarts.edges import NormalisedAlphas
from naseval.methods.pcdarts.partial import passing, shuffled
from naseval.methods.pcdarts.search import derived, pcdarts_task
from naseval.randomness import stream
from plain_states import load_plain_state
from successor_toys import settings_of


@given(st.integers(1, 4), st.integers(1, 5))
def test_the_shuffle_deals_channels_out(parts, share):
    x = torch.arange(2 * parts * share * 6.0).view(2, parts * share, 2, 3)
    found = shuffled(x, parts)
    order = [part * share + place for place in range(share) for part in range(parts)]
    assert torch.equal(found, x[:, order])
    assert torch.equal(found, torch.nn.functional.channel_shuffle(x, parts))


def test_other_channels_pass_as_they_are_or_pooled():
    x = torch.rand(2, 8, 4, 4)
    assert torch.equal(passing(x, torch.empty(2, 2, 4, 4)), x[:, 2:])
    pooled = x[:, 2:].unflatten(2, (2, 2)).unflatten(4, (2, 2)).amax((3, 5))
    assert torch.equal(passing(x, torch.empty(2, 2, 2, 2)), pooled)


def test_operations_read_a_quarter_of_the_channels():
    task = pcdarts_task(
        made_up_data(), settings_of("pcdarts", channels=8, parts=4), seed=1, kind=Supernet
    )
    cell = task.network.cells[0]
    read = set()
    for edge in cell.edges:
        edge.register_forward_hook(
            lambda _module, given, out: read.add((given[0].shape[1], out.shape[1]))
        )
    out = cell(torch.rand(2, 24, 8, 8), torch.rand(2, 24, 8, 8), task.alphas()[1])
    assert read == {(4, 4)}  # of the reduction cell's 16 channels
    assert out.shape == (2, cell.width, 4, 4) and cell.width == 4 * 16


def test_shares_of_a_node_are_a_softmax():
    alphas = NormalisedAlphas(stream(3), EDGES, len(ALL))
    with torch.no_grad():
        alphas.normal_edges.copy_(torch.linspace(-2, 2, EDGES))
    share = alphas.shares()[0].detach().numpy()
    strengths, start = np.exp(np.linspace(-2, 2, EDGES)), 0
    for size in (2, 3, 4, 5):
        node = strengths[start : start + size]
        assert share[start : start + size] == pytest.approx(node / node.sum(), rel=1e-6)
        start += size
    normal, _ = alphas()
    rows = normal.detach().numpy()
    assert rows[:, -1] == pytest.approx(share)
    assert rows[:, :-1].sum(1) == pytest.approx(share, rel=1e-6)
    assert rows[5, :-1] / share[5] == pytest.approx(alphas.probabilities()[0][5].tolist(), rel=1e-6)


def test_initial_alphas_are_those_without_shares_and_then_the_shares():
    first, again = (NormalisedAlphas(stream(1), EDGES, len(ALL)) for _ in range(2))
    assert all(map(torch.equal, first.parameters(), again.parameters()))
    strengths = torch.cat([first.normal_edges, first.reduce_edges])
    assert 0.4e-3 < strengths.std() < 1.8e-3


def test_edges_are_ranked_by_share_times_probability():
    alphas = NormalisedAlphas(stream(0), EDGES, len(ALL)).double()
    with torch.no_grad():
        for alpha in alphas.parameters():
            alpha.zero_()
        alphas.normal[:, ALL.index("sep_conv_3x3")] = 1.0
        alphas.normal[2, ALL.index("none")] = 9.0  # a strong `none` weakens its edge
        alphas.normal_edges[2] = 0.5  # and its share does not make up for that
        alphas.normal_edges[8] = 0.5
    cell = derived(alphas).normal
    wins = "sep_conv_3x3"
    pairs = [(0, 1), (1, 2), (3, 0), (0, 1)]
    assert cell == Cell.of([[(wins, a), (wins, b)] for a, b in pairs], (2, 3, 4, 5))


@pytest.mark.parametrize("images", [torch.contiguous_format, torch.channels_last])
def test_the_banked_form_gives_the_same_numbers(images):
    """Loss and all gradients of the plain form, to 1e-10 in float64."""
    settings = settings_of("pcdarts", channels=8, parts=4, cells=3)
    plain = pcdarts_task(made_up_data(), settings, seed=1, kind=Supernet)
    banked = pcdarts_task(made_up_data(), settings, seed=1)
    x = torch.rand(2, 3, 8, 8, dtype=torch.float64).to(memory_format=images)
    found = []
    for task in (plain, banked):
        task.network.double().train()
        task.alphas.double()
        with torch.no_grad():
            for place, alpha in enumerate(task.alphas.parameters()):
                alpha.copy_(torch.sin(place + torch.arange(alpha.numel())).view(alpha.shape))
    load_plain_state(banked.network, plain.network.state_dict())
    for task in (plain, banked):
        loss = task.network(x, *task.alphas()).square().sum()
        found.append(
            [loss, *gradient(loss, [*task.alphas.parameters(), task.network.stem.layers[0].weight])]
        )
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)


def test_weights_learn_alone_at_first():
    task = pcdarts_task(made_up_data(), settings_of("pcdarts", epochs=3), seed=1)
    moved = []
    for epoch in (0, 1):
        before = [alpha.clone() for alpha in task.alphas.parameters()]
        task.begin(epoch)
        task.step(epoch, 0)
        pairs = zip(before, task.alphas.parameters(), strict=True)
        moved.append([not torch.equal(*pair) for pair in pairs])
    assert moved == [[False] * 4, [True] * 4]
