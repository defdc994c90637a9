"""MANAS and MANAS-LS on images and operations small enough for seconds."""

import json

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook

from fixtures_networks import VECTORS
from gradient_toys import StoppedData, made_up_data
from manas_toys import manas_ls_settings, manas_settings
from naseval import records, schemas
from naseval.errors import Interrupted
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods._paths.paths import AGENTS, EDGES, OPERATIONS
from naseval.methods._paths.rounds import Rounds
from naseval.methods._paths.supernet import ChosenOperation, SampledSupernet
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.manas.search import ManasTask
from naseval.networks.cost import parameters
from naseval.randomness import stream
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from naseval.training.optimizers import learning_rate
from training_toy import timeless

SETTINGS = {"manas": manas_settings, "manas_ls": manas_ls_settings}
METHODS = pytest.mark.parametrize("name", SETTINGS)
ALL = {"normal": (SPACE.operations,) * EDGES, "reduce": (SPACE.operations,) * EDGES}
SMALL = {"images": "small", "classes": 3, "channels": 4, "cells": 3}


def run(name, data=None, seed=1, checkpoint=None, **changes):
    return get_method(name).search(
        data or made_up_data(), SETTINGS[name](**changes), seed=seed, loop=EpochLoop(checkpoint)
    )


@pytest.fixture(scope="module")
def results():
    return {name: run(name) for name in SETTINGS}


@METHODS
def test_a_search_returns_a_cell_of_the_space_and_a_full_history(name, results):
    result = results[name]
    SPACE.validate(result.genotype)
    history = records.table(schemas.HISTORY, result.history)
    assert history["epoch"].to_pylist() == [1, 2]
    absent = ["flops", "front", "eigenvalue"]
    assert not any(column.null_count for column in history.drop(absent).columns)
    assert Genotype.from_dict(json.loads(result.history[-1]["genotype"])) == result.genotype
    assert 0 < result.history[-1]["entropy"] < np.log(8)
    assert [row["learning_rate"] for row in result.history] == [0.025, pytest.approx(0.013)]
    assert all(0 <= row["validation_accuracy"] <= 100 for row in result.history)
    assert result.history[0]["validation_loss"] == pytest.approx(np.log(2), abs=1)


@METHODS
def test_a_seed_is_a_search(name, results):
    assert timeless(run(name).history) == timeless(results[name].history)
    other = run(name, seed=2, epochs=1)
    assert other.history[0]["train_loss"] != results[name].history[0]["train_loss"]


@METHODS
@pytest.mark.parametrize("recommend", ["argmax", "sample"])
def test_a_search_stopped_within_an_epoch_resumes_to_the_same_result(name, recommend, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    with pytest.raises(Interrupted, match="epoch 2, after step 1 of 2"):
        run(name, made_up_data(kind=StoppedData), checkpoint=checkpoint, recommend=recommend)
    torch.rand(5)
    resumed = run(name, checkpoint=checkpoint, recommend=recommend)
    assert timeless(resumed.history) == timeless(run(name, recommend=recommend).history)


@METHODS
def test_sampling_recommends_another_cell_of_the_space(name, results):
    sampled = run(name, recommend="sample")
    SPACE.validate(sampled.genotype)
    assert sampled.genotype != results[name].genotype
    assert [row["train_loss"] for row in sampled.history] == [
        row["train_loss"] for row in results[name].history
    ]


@METHODS
def test_fewer_validation_batches_are_used_again(name):
    assert len(run(name, made_up_data(validation=8), epochs=1).history) == 1


@METHODS
def test_bfloat16(name):
    history = run(name, epochs=1, precision="bfloat16").history
    assert history[0]["train_loss"] == pytest.approx(np.log(2), abs=0.5)


def test_learning_rates():
    settings = manas_settings(epochs=50).weights
    for epoch, rate in VECTORS["schedules"]["search_DARTS_MANAS_lr_E50"].items():
        assert learning_rate(settings, int(epoch), 50) == pytest.approx(rate, rel=1e-12)


@METHODS
def test_one_operation_of_each_edge_runs(name):
    """Count the calls of a search: 2 rounds of a training and a validation pass, 3 cells."""
    edges, called, inside = [], [], set()

    def count(module, _inputs, _output):
        if isinstance(module, ChosenOperation):
            edges.append(module)
            inside.update(map(id, module.operations))
        called.append(id(module))

    hook = register_module_forward_hook(count)
    try:
        run(name, epochs=1)
    finally:
        hook.remove()
    assert len(edges) == 2 * 2 * 3 * EDGES
    assert sum(each in inside for each in called) == len(edges)


def saved_bytes(network, *choice):
    """Return the size of what a training pass keeps for its gradient."""
    kept = {}

    def keep(tensor):
        kept[tensor.data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = network(torch.rand(16, 3, 16, 16), *choice).sum()
    loss.backward()
    return sum(kept.values())


def test_a_path_keeps_a_quarter_of_the_supernets_memory_or_less():
    mixture = torch.full((EDGES, OPERATIONS), 1 / OPERATIONS, requires_grad=True)
    whole = saved_bytes(Supernet(ALL, **SMALL), mixture, mixture)
    network, rng = SampledSupernet(ALL, **SMALL), stream("memory")
    paths = torch.from_numpy(rng.integers(0, OPERATIONS, (5, 2, EDGES)))
    sampled = [saved_bytes(network, normal, reduce) for normal, reduce in paths]
    print(f"bytes kept: supernet {whole}, paths {sampled}")
    assert max(sampled) < whole / 4


@pytest.mark.parametrize("shape", ["cifar_C16_L8", "large_C16_L8", "cifar_C16_L20"])
def test_sizes_of_the_supernet(shape):
    images, _, cells = shape.split("_")
    with torch.device("meta"):
        network = SampledSupernet(
            ALL,
            images="large" if images == "large" else "small",
            classes=10,
            channels=16,
            cells=int(cells[1:]),
        )
        for key, expected in VECTORS["search_supernets"]["DARTS_and_MANAS"].items():
            if key.startswith(f"{shape}_"):
                classes = int(key.split("cls")[1])
                network.classifier = nn.Linear(network.classifier.in_features, classes)
                assert parameters(network, True) == expected["weights"]


@pytest.mark.parametrize("index", range(3))
def test_a_path_is_the_supernet_with_one_hot_mixing_weights(index):
    whole, sampled = Supernet(ALL, **SMALL).double(), SampledSupernet(ALL, **SMALL).double()
    sampled.load_state_dict(whole.state_dict())
    choice = torch.from_numpy(stream("one hot", index).integers(0, OPERATIONS, (2, EDGES)))
    one_hot = nn.functional.one_hot(choice, OPERATIONS).double()
    images = torch.randn(4, 3, 16, 16, dtype=torch.float64)
    torch.testing.assert_close(sampled(images, *choice), whole(images, *one_hot))


def test_weights_off_the_path_stay_as_they_are():
    """They have momentum from an earlier round, and weight decay is strong."""
    settings = manas_settings(weights={"weight_decay": 0.1, "momentum": 0.9})
    rounds = Rounds(made_up_data(), settings, seed=1)
    rounds.begin(0)
    sep_3, sep_5 = (SPACE.operations.index(f"sep_conv_{k}x{k}") for k in (3, 5))
    rounds.play(0, 0, np.full(AGENTS, sep_3))
    before = {name: weight.detach().clone() for name, weight in rounds.network.named_parameters()}
    velocity = {
        name: rounds.optimizer.state[weight]["momentum_buffer"].clone()
        for name, weight in rounds.network.named_parameters()
        if weight in rounds.optimizer.state
    }
    rounds.play(0, 1, np.full(AGENTS, sep_5))
    for name, weight in rounds.network.named_parameters():
        on_path = "edges" not in name or f"operations.{sep_5}." in name
        assert (weight.grad is not None) == on_path
        assert torch.equal(weight, before[name]) != on_path
        if not on_path and name in velocity:
            assert f"operations.{sep_3}." in name
            assert torch.equal(rounds.optimizer.state[weight]["momentum_buffer"], velocity[name])
    assert any(f"operations.{sep_3}." in name for name in velocity)


def test_a_round_validates_the_weights_that_it_has_trained():
    rounds = Rounds(made_up_data(), manas_settings(weights={"learning_rate": 0.5}), seed=1)
    rounds.begin(0)
    path = np.arange(AGENTS) % OPERATIONS
    totals, loss = rounds.play(0, 0, path)
    images, labels = rounds.validation.at(0, 0)
    with torch.no_grad():
        logits = rounds.network(images, *torch.from_numpy(path).split(EDGES))
    again = nn.functional.cross_entropy(logits, labels)
    assert rounds.network.training
    torch.testing.assert_close(loss, again)
    torch.testing.assert_close(totals["validation_loss"], again * len(labels))
    assert not torch.isclose(loss, totals["loss"] / totals["images"])


def test_agents_earn_the_baseline_less_the_loss():
    task = ManasTask(made_up_data(), manas_settings(baseline=2.0), seed=1)
    task.begin(0)
    totals = task.step(0, 0)
    earned = task.agents.credit[task.agents.credit != 0]
    loss = float(totals["validation_loss"]) / totals["validation_images"]
    assert len(earned) == AGENTS
    assert earned == pytest.approx(8 * (2 - loss), rel=1e-6)
