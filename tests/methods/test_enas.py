"""ENAS on images and networks small enough for seconds."""

import json
import math

import pytest
import torch
from torch.nn import functional as F
from torch.nn.modules.module import register_module_forward_hook

from controller_toys import enas_settings, stop_at
from gradient_toys import made_up_data
from naseval import records, schemas
from naseval.errors import Interrupted
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods.enas.search import EnasTask, search
from naseval.methods.enas.supernet import EnasSupernet
from naseval.spaces.enas.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from training_toy import timeless


@pytest.fixture(scope="module")
def result():
    return search(made_up_data(), enas_settings(), seed=1, loop=EpochLoop())


def test_a_search_returns_a_cell_of_the_space_and_a_full_history(result):
    assert get_method("enas").search is search
    SPACE.validate(result.genotype)
    history = records.table(schemas.HISTORY, result.history)
    assert history["epoch"].to_pylist() == [1, 2]
    absent = ["flops", "front", "eigenvalue"]
    assert not any(column.null_count for column in history.drop(absent).columns)
    last = result.history[-1]
    assert Genotype.from_dict(json.loads(last["genotype"])) == result.genotype
    assert last["entropy"] == pytest.approx(54.26 / 40, rel=0.01)
    assert [row["learning_rate"] for row in result.history] == [0.05, pytest.approx(0.0255)]
    assert all(0 <= row["validation_accuracy"] <= 100 for row in result.history)


def test_a_seed_is_a_search(result):
    torch.rand(3)
    again = search(made_up_data(), enas_settings(), seed=1, loop=EpochLoop())
    other = search(made_up_data(), enas_settings(), seed=2, loop=EpochLoop())
    assert timeless(again.history) == timeless(result.history)
    assert other.history[0]["train_loss"] != result.history[0]["train_loss"]


def test_a_search_stopped_again_and_again_resumes_bit_by_bit(result, tmp_path, monkeypatch):
    """Steps 0 and 1 train the weights, 2 and 3 the controller."""
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")

    def run():
        torch.rand(5)
        return search(made_up_data(), enas_settings(), seed=1, loop=EpochLoop(checkpoint))

    for place in ((0, 1), (0, 2), (1, 0), (1, 3)):
        message = f"epoch {place[0] + 1}, after step {place[1] + 1} of 4"
        with monkeypatch.context() as patch, pytest.raises(Interrupted, match=message):
            stop_at(patch, EnasTask, place)
            run()
    resumed = run()
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype
    assert run() == resumed


def test_forward_passes():
    passes = []

    def count(module, _inputs, _output):
        if isinstance(module, EnasSupernet):
            passes.append((module.training, torch.is_grad_enabled()))

    hook = register_module_forward_hook(count)
    try:
        search(made_up_data(), enas_settings(epochs=1), seed=1, loop=EpochLoop())
    finally:
        hook.remove()
    training, tested = 2, 2 * 3 + 3  # batches; updates x samples, and the final samples
    assert passes == [(True, True)] * training + [(False, False)] * tested


def task(**changes):
    return EnasTask(made_up_data(), enas_settings(**changes), seed=1)


def test_weight_steps_leave_the_controller_alone_and_the_reverse():
    found = task()
    weights = [w.clone() for w in found.network.parameters()]
    policy = [w.clone() for w in found.policy.parameters()]
    found.begin(0)
    found.step(0, 0)
    assert all(map(torch.equal, policy, found.policy.parameters()))
    moved = [w.clone() for w in found.network.parameters()]
    assert not all(map(torch.equal, weights, moved))
    found.step(0, 2)
    assert all(map(torch.equal, moved, found.network.parameters()))
    assert not all(map(torch.equal, policy, found.policy.parameters()))


def test_a_weight_step_follows_one_path_and_its_tower():
    """The update follows the path's loss and 0.4 times that of its tower."""
    changes = {"dropout": 0.0, "weights": {"gradient_clip": None}}
    found, other = task(**changes), task(**changes)
    torch.manual_seed(4)
    (genotype,) = other._genotypes(other.policy.sample(1).integers)
    images, labels = other.training.at(0, 0)
    logits, tower = other.network.train()(images, genotype)
    loss = F.cross_entropy(logits, labels) + 0.4 * F.cross_entropy(tower, labels)
    expected = torch.autograd.grad(loss, list(other.network.parameters()), allow_unused=True)
    torch.manual_seed(4)
    found.begin(0)
    found.step(0, 0)
    for weight, slope in zip(found.network.parameters(), expected, strict=True):
        assert (weight.grad is None) == (slope is None)
        if slope is not None:
            torch.testing.assert_close(weight.grad, slope)


def test_the_baseline_moves_before_it_is_used():
    found = task(controller={"baseline_decay": 0.9})
    advantages = [found._advantage(torch.tensor(reward)).item() for reward in (1.0, 0.5)]
    assert found.baseline.item() == pytest.approx(0.09 + 0.05)
    assert advantages == [pytest.approx(0.9), pytest.approx(0.5 - 0.14)]


def test_an_update_is_the_policy_gradient():
    """The update follows -sum(log p)(accuracy + weight x entropy - baseline), averaged."""
    found = task(controller={"entropy_weight": 0.5, "optimizer": {"learning_rate": 1e-9}})
    torch.manual_seed(4)
    samples = found.policy.sample(3)
    baseline, loss = 0.0, 0.0
    for index, genotype in enumerate(found._genotypes(samples.integers)):
        accuracy = found._score(genotype, found._validation(index))[1]
        reward = accuracy + 0.5 * samples.entropy[index]
        baseline = baseline + 0.01 * (reward - baseline)
        loss = loss - samples.log_probability[index] * (reward - baseline) / 3
    expected = torch.autograd.grad(loss, list(found.policy.parameters()))
    torch.manual_seed(4)
    found.begin(0)
    found.step(0, 2)
    for weight, slope in zip(found.policy.parameters(), expected, strict=True):
        torch.testing.assert_close(weight.grad, slope)


def test_rewards_use_every_validation_batch_before_one_comes_again():
    found, seen = task(), []
    at = found.validation.at
    found.validation.at = lambda epoch, step: (seen.append((epoch, step)), at(epoch, step))[1]
    for epoch in range(2):
        found.begin(epoch)
        totals = {"images": 1.0, "loss": 0.0, "correct": 0.0}
        for step in range(2, 4):
            for name, value in found.step(epoch, step).items():
                totals[name] = totals.get(name, 0.0) + float(value)
        found.end(epoch, totals)
    assert seen == [(number // 2, number % 2) for number in range(14)]


def test_the_tower_counts_in_training():
    losses = []
    for weight in (0.4, 0.0):
        settings = enas_settings(epochs=1, auxiliary_weight=weight)
        history = search(made_up_data(), settings, seed=1, loop=EpochLoop()).history
        losses.append(history[0]["train_loss"])
    assert losses[0] != losses[1]
    assert task().network.auxiliary is not None
    assert task(auxiliary_weight=0).network.auxiliary is None


def test_bfloat16():
    settings = enas_settings(epochs=1, precision="bfloat16")
    row = search(made_up_data(), settings, seed=1, loop=EpochLoop()).history[0]
    assert row["train_loss"] == pytest.approx(math.log(2), abs=0.5)
