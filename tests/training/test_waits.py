"""No step of a search or a run waits for the device, save where its method needs a value."""

from contextlib import suppress
from dataclasses import replace

import pytest
import torch

from baseline_toys import baseline_settings
from cnas_toys import cnas_settings
from controller_toys import enas_settings, nao_settings
from gradient_toys import darts_settings, made_up_data
from manas_toys import manas_ls_settings, manas_settings
from naseval.methods import get_method, method_names
from naseval.spaces import sample
from naseval.training.augmentation import augment
from naseval.training.networks import build_run_network, initialised
from nsganet_toys import nsganet_settings
from pretended_gpu import GPU, EnoughError, Waits, WatchedLoop, on_gpu
from staged_toys import pdarts_settings, stacnas_settings
from successor_toys import settings_of
from training_toy import toy_protocol

NONE: list[list[str]] = [[], []]
"""The first and the last step of a stage wait for nothing."""
REWARD = [
    "methods/manas/search.py: "
    "self.agents.learn(path, policy, self.settings.baseline - float(loss)): a number is read"
]
SCORES = ["methods/enas/search.py: ).cpu(): a copy to main memory"]
MEASUREMENT = [
    "methods/darts_es/eigenvalue.py: "
    "direction = torch.from_numpy(vector.ravel()).to(slope): a copy to the GPU",
    "methods/darts_es/eigenvalue.py: "
    "return torch.cat([each.flatten() for each in found]).double().cpu().numpy(): "
    "a copy to main memory",
]
RANKED = [
    "methods/_paths/rounds.py: "
    "correct += int((self.logits(x, path).argmax(1) == labels).sum()): a number is read"
]
SMALL = {"batch_size": 8}
EXPECTED = {
    "darts": (darts_settings(cells=1), NONE),
    "pdarts": (pdarts_settings(cells=(1, 1), dropped=(3,), skip_dropout=(0.0, 0.4)), 2 * NONE),
    "stacnas": (stacnas_settings(cells=(1, 1)), 2 * NONE),
    "pcdarts": (settings_of("pcdarts", cells=1, warm_up=0), NONE),
    "sdarts_rs": (settings_of("sdarts_rs", cells=1), NONE),
    "darts_minus": (settings_of("darts_minus", cells=1), NONE),
    "darts_es": (settings_of("darts_es"), [[], MEASUREMENT]),
    "cnas": (cnas_settings(cells=1), NONE),
    "enas": (enas_settings(), [[], SCORES]),
    "manas": (manas_settings(), [REWARD, REWARD]),
    "manas_ls": (manas_ls_settings(), NONE),
    "nao": (nao_settings(), 3 * NONE),
    "nsganet": (nsganet_settings(), 2 * NONE),
    "random_search": (baseline_settings("random_search", protocol=SMALL), 2 * NONE),
    "local_search": (baseline_settings("local_search", protocol=SMALL), 2 * NONE),
    "regularised_evolution": (
        baseline_settings("regularised_evolution", protocol=SMALL),
        2 * NONE,
    ),
    "successive_halving": (baseline_settings("successive_halving", protocol=SMALL), 2 * NONE),
    "zero_cost": (baseline_settings("zero_cost", score="synflow"), NONE),
    "random_sharing": (baseline_settings("random_sharing"), [*NONE, RANKED, RANKED]),
}
"""Settings of each method, and what two steps of each of its first stages wait for."""


def test_every_method_is_watched():
    assert EXPECTED.keys() == set(method_names())


@pytest.mark.parametrize("method", EXPECTED)
def test_steps_of_searches(method):
    settings, expected = EXPECTED[method]
    waits = Waits()
    loop = WatchedLoop(waits, stages=len(expected) // 2)
    with waits.pretended(), suppress(EnoughError):
        data = on_gpu(made_up_data(20, 20))
        get_method(method).search(data, settings, seed=1, loop=loop)
    assert loop.waits == expected


@pytest.mark.parametrize("name", ["darts", "nao", "enas", "cnas", "nsganet", "resnet50"])
def test_steps_of_runs(name):
    assert run_waits(name, autoaugment=False) == NONE


def test_steps_with_images_from_main_memory():
    assert run_waits("darts", autoaugment=True) == NONE


def run_waits(name, **changes):
    data = made_up_data(20, 20)
    parts = {"train": data.parts["train"], "test": data.parts["validation"]}
    data = replace(data, parts=parts, purpose="augmentation")
    protocol = toy_protocol(batch_size=6, cells=3, cutout=2, **changes)
    network = initialised(
        lambda: build_run_network(
            name if name == "resnet50" else sample(name, 0), data.dataset, protocol
        ),
        1,
    )
    waits = Waits()
    loop = WatchedLoop(waits, stages=1)
    with waits.pretended(), suppress(EnoughError):
        augment(network.to(GPU), on_gpu(data), protocol, seed=1, loop=loop)
    return loop.waits


@pytest.mark.parametrize(
    ("step", "wait"),
    [
        (lambda x: float(x.sum()), "a number is read"),
        (lambda x: bool((x > 0).any()), "a number is read"),
        (lambda x: x.tolist(), "a copy to main memory"),
        (lambda x: x[[0, 1]], "a list as index"),
        (lambda x: x[torch.tensor([0, 1])], "indices from main memory"),
        (lambda x: torch.tensor([1.0, 2.0], device=x.device), "a copy of numbers to the GPU"),
        (lambda x: torch.ones(2).to(x.device), "a copy to the GPU"),
        (lambda x: x.copy_(torch.ones(4)), "a copy between the devices"),
    ],
)
def test_waits_are_seen(step, wait):
    waits = Waits()
    with waits.pretended(), waits.watched():
        step(torch.empty(4, device=GPU))
    assert [seen.rpartition(": ")[2] for seen in waits.seen] == [wait]
