"""Compiled networks: close to eager ones, resumed to the same bits, refused without a compiler."""

import os
import signal

import pytest
import torch
from torch import _inductor as inductor
from torch._dynamo.utils import counters
from torch._inductor.utils import fresh_cache

from naseval.errors import Interrupted, NasevalError
from naseval.networks.drop_path import set_drop_path
from naseval.training.augmentation import augment
from naseval.training.checkpoint import Checkpoint
from naseval.training.compilation import compile_network
from naseval.training.loop import EpochLoop
from naseval.training.networks import initialised
from training_toy import ToyData, ToyNetwork, timeless, toy_protocol


def compiled():
    network = initialised(ToyNetwork, 5)
    compile_network(network)
    return network


@pytest.mark.slow
def test_outputs_and_gradients_are_those_of_the_eager_network():
    images = torch.randn(8, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    found = []
    for network in (compiled(), initialised(ToyNetwork, 5)):
        logits, auxiliary = network(images)
        (logits.square().sum() + auxiliary.square().sum()).backward()
        gradients = {name: weight.grad for name, weight in network.named_parameters()}
        found.append({"logits": logits, "tower": auxiliary, **network.state_dict(), **gradients})
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_it_resumes_to_the_same_bits_and_compiles_two_sizes_and_modes_for_all_rates(tmp_path):
    def train(data=None):
        loop = EpochLoop(Checkpoint(tmp_path / "checkpoint.pt", "same"))
        return augment(compiled(), data or ToyData(), toy_protocol(), seed=5, loop=loop)

    def stop(epoch, step):
        if (epoch, step) == (2, 1):
            os.kill(os.getpid(), signal.SIGTERM)

    counters.clear()
    whole = train()
    assert counters["stats"]["unique_graphs"] == 1 + 4  # that of the check, and the network's
    assert not counters["graph_break"]
    (tmp_path / "checkpoint.pt").unlink()
    with pytest.raises(Interrupted):
        train(ToyData(stop))
    assert timeless(train()) == timeless(whole)


@pytest.mark.slow
def test_samples_lose_the_branch_as_often_as_the_rate_says():
    network = initialised(ToyNetwork, 5).drop.train()
    network.compile(dynamic=False)
    for rate in (0.0, 0.3, 0.6):
        set_drop_path(network, rate)
        out = network(torch.ones(4000, 2, 1, 1)).flatten(1)
        dropped = (out == 0).all(1)
        assert dropped.float().mean().item() == pytest.approx(rate, abs=0.032)  # 4 deviations
        kept = out[~dropped]
        torch.testing.assert_close(kept, torch.full_like(kept, 1 / (1 - rate)))


def test_without_a_compiler_it_says_what_to_do():
    with (
        fresh_cache(),
        inductor.config.patch({"cpp.cxx": ("no-such-compiler",)}),
        pytest.raises(NasevalError, match=r"install a C\+\+ compiler"),
    ):
        compiled()
