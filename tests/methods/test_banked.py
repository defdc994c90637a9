"""The banked supernet against the plain one: the same numbers, fewer operations."""

from functools import partial

import pytest
import torch

from cnas_toys import cnas_settings
from gradient_toys import darts_settings, made_up_data
from naseval.methods import get_method
from naseval.methods._gradient.stages import new_supernet
from naseval.methods._supernet.supernet import BankedSupernet, Supernet, plain_state
from naseval.methods.cnas.supernet import SOURCES, cnas_supernet
from naseval.methods.pdarts.skip_dropout import (
    draw_masks,
    set_skip_dropout,
    skip_dropouts,
    with_skip_dropout,
)
from naseval.methods.stacnas.search import GROUPS, REPRESENTATIVES, stage_task
from naseval.networks.operations import OPERATIONS
from naseval.spaces.cnas.space import SPACE as CNAS
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import EpochLoop
from plain_states import load_plain_state
from staged_toys import pdarts_settings, stacnas_settings

KINDS = (Supernet, BankedSupernet)
EVERYTHING = (SPACE.operations,) * 14
FIVE, THREE = (
    tuple(
        tuple(SPACE.operations[(edge * 3 + k * 5) % 8] for k in range(count)) for edge in range(14)
    )
    for count in (5, 3)
)
WINNERS = tuple(list(GROUPS.values())[edge * 5 % 4] for edge in range(14))
NOTHING = (("none", "none"),) * 5 + (("none", "skip_connect"),) * 9


def pair(normal, reduce, images="small", cells=4, channels=4):
    networks = []
    for kind in KINDS:
        torch.manual_seed(0)
        networks.append(
            kind(
                {"normal": normal, "reduce": reduce},
                images=images,
                classes=5,
                channels=channels,
                cells=cells,
            ).double()
        )
    return networks


def cnas_pair():
    networks = []
    for kind in KINDS:
        torch.manual_seed(0)
        network = cnas_supernet(images="small", classes=5, channels=4, cells=3, kind=kind)
        networks.append(network.double())
    return networks


def weights(edges, columns, generator):
    table = torch.randn(edges, columns, generator=generator, dtype=torch.float64)
    return torch.softmax(table, dim=-1).requires_grad_()


def results(network, tables, x):
    """Return everything that a training step and an evaluation compute, by plain names."""
    logits = network.train()(x, *tables)
    names, parameters = zip(*network.named_parameters(), strict=True)
    slopes = torch.autograd.grad(logits.square().sum(), [*tables, *parameters])
    found = {"logits": logits, "normal": slopes[0], "reduce": slopes[1]}
    state = network.state_dict()
    found |= {f"after {name}": tensor.clone() for name, tensor in as_plain(network).items()}
    with torch.no_grad():
        found["evaluated"] = network.eval()(x, *tables)
        for name, slope in zip(names, slopes[2:], strict=True):
            state[name].copy_(slope)
    return found | {f"slope {name}": tensor for name, tensor in as_plain(network).items()}


def as_plain(network):
    banked = isinstance(network, BankedSupernet)
    return plain_state(network) if banked else network.state_dict()


def assert_equal(expected, found):
    assert expected.keys() == found.keys()
    for name, truth in expected.items():
        largest = float(truth.detach().abs().max())
        torch.testing.assert_close(
            found[name], truth, rtol=0, atol=1e-10 * largest + 1e-14, msg=lambda m, n=name: n + m
        )


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize(
    ("normal", "reduce", "images", "size"),
    [
        pytest.param(EVERYTHING, EVERYTHING, "small", 16, id="darts"),
        pytest.param(EVERYTHING, EVERYTHING, "large", 64, id="darts-large"),
        pytest.param(FIVE, FIVE[::-1], "small", 16, id="pdarts-2"),
        pytest.param(THREE, THREE[::-1], "small", 16, id="pdarts-3"),
        pytest.param((REPRESENTATIVES,) * 14, (REPRESENTATIVES,) * 14, "small", 16, id="stacnas-1"),
        pytest.param(WINNERS, WINNERS[::-1], "small", 16, id="stacnas-2"),
        pytest.param(NOTHING, NOTHING, "small", 16, id="nearly-nothing"),
    ],
)
def test_banks_change_no_result(normal, reduce, images, size, memory_format):
    networks = pair(normal, reduce, images)
    generator = torch.Generator().manual_seed(1)
    tables = [weights(14, len(rows[0]), generator) for rows in (normal, reduce)]
    x = torch.randn(6, 3, size, size, generator=generator, dtype=torch.float64)
    x = x.contiguous(memory_format=memory_format)
    assert_equal(*(results(network, tables, x) for network in networks))


def test_banks_change_no_result_of_cnas():
    generator = torch.Generator().manual_seed(1)
    tables = [weights(len(SOURCES), len(CNAS.operations), generator) for _ in range(2)]
    x = torch.randn(6, 3, 16, 16, generator=generator, dtype=torch.float64)
    assert_equal(*(results(network, tables, x) for network in cnas_pair()))


def test_banks_change_no_result_of_pdarts_with_dropout():
    generator = torch.Generator().manual_seed(1)
    tables = [weights(14, 5, generator) for _ in range(2)]
    x = torch.randn(6, 3, 16, 16, generator=generator, dtype=torch.float64)
    found = []
    for kind in KINDS:
        torch.manual_seed(0)
        network = kind(
            {"normal": FIVE, "reduce": FIVE[::-1]},
            images="small",
            classes=5,
            channels=4,
            cells=4,
            table=with_skip_dropout(OPERATIONS),
        ).double()
        skips = skip_dropouts(network)
        assert skips
        set_skip_dropout(skips, 0.4)
        torch.manual_seed(2)
        draw_masks(skips)
        found.append(results(network, tables, x))
    assert_equal(*found)


def test_states_are_mapped_both_ways():
    plain, banked = pair(FIVE, FIVE[::-1])
    with torch.no_grad():
        for tensor in plain.state_dict().values():
            tensor.normal_()
    # The batch normalisation of a pool has the same statistics on all edges.
    state = plain.state_dict()
    load_plain_state(banked, state)
    again = plain_state(banked)
    assert again.keys() == state.keys()
    pools = {name for name in state if not torch.equal(again[name], state[name])}
    assert all(".operations." in name and name.endswith(("mean", "var")) for name in pools)
    load_plain_state(banked, again)
    assert all(torch.equal(again[name], tensor) for name, tensor in plain_state(banked).items())


def test_banks_keep_channels_last():
    """A tensor in another memory format would be copied in every step."""
    _, network = pair(EVERYTHING, EVERYTHING)
    strange = []

    def check(name, tensor):
        if tensor.dim() == 4 and tensor.stride(1) != 1:
            strange.append((name.split(" ")[:3], tuple(tensor.shape), tensor.stride()))

    def look(name, module, inputs, output):
        for tensor in (*inputs, *(output if isinstance(output, tuple) else [output])):
            if isinstance(tensor, torch.Tensor) and tensor.requires_grad:
                check(f"{name} {module}", tensor)
                tensor.register_hook(lambda slope: check(f"slope {name} {module}", slope))

    for name, module in network.float().named_modules():
        module.register_forward_hook(partial(look, name))
    table = torch.full((14, 8), 1 / 8, requires_grad=True)
    x = torch.randn(2, 3, 16, 16).contiguous(memory_format=torch.channels_last)
    network(x, table, table).sum().backward()
    assert strange == []


def test_banks_execute_few_operations():
    counts = []
    for network in pair(EVERYTHING, EVERYTHING, cells=1):
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
            table = torch.full((14, 8), 1 / 8, dtype=torch.float64)
            network(torch.zeros(2, 3, 8, 8, dtype=torch.float64), table, table)
        calls = {event.key: event.count for event in profile.key_averages()}
        counts.append((calls["aten::conv2d"], calls["aten::batch_norm"]))
    (convolutions, norms), (few, fewer) = counts
    # 3 of the stem and the preprocessing; 14 edges against 5 states, of which 2 are halved
    assert convolutions > 2.5 * few
    assert norms > 4 * fewer


SEARCHES = {
    "darts, first order": ("darts", darts_settings(order=1)),
    "darts, second order": ("darts", darts_settings(order=2)),
    "pdarts": ("pdarts", pdarts_settings()),
    "stacnas": ("stacnas", stacnas_settings()),
    "cnas": ("cnas", cnas_settings()),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_with_either_form_finds_the_same_genotype(name, monkeypatch):
    method, settings = SEARCHES[name]
    found = []
    for kind in KINDS:
        monkeypatch.setitem(new_supernet.__kwdefaults__, "kind", kind)
        monkeypatch.setattr(stage_task, "__defaults__", (kind,))
        monkeypatch.setitem(cnas_supernet.__kwdefaults__, "kind", kind)
        search = get_method(method).search
        found.append(search(made_up_data(), settings, seed=1, loop=EpochLoop()).genotype)
    assert found[0] == found[1]
