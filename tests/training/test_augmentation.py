"""Augmentation on a toy problem, and its loss against the formula."""

import math
import os

import pytest
import torch

from naseval import records, schemas
from naseval.errors import NasevalError
from naseval.training.augmentation import augment, training_loss
from naseval.training.device import CLEAR_REFS
from naseval.training.loop import EpochLoop
from naseval.training.networks import initialised
from system_memory import take_memory
from training_toy import ToyData, ToyNetwork, toy_protocol


def train(data=None, seed=5, **changes):
    network = initialised(ToyNetwork, 5)
    data = data or ToyData()
    return augment(network, data, toy_protocol(**changes), seed=seed, loop=EpochLoop()), network


def test_it_learns_and_says_so_in_rows_of_the_schema():
    rows, _ = train(epochs=8)
    assert records.table(schemas.RUN, rows).num_rows == 8
    assert [row["epoch"] for row in rows] == list(range(1, 9))
    assert rows[-1]["test_accuracy"] == 100
    assert rows[-1]["train_accuracy"] > 95
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]
    assert rows[-1]["test_loss"] < 0.3
    rates = [0.1 * math.cos(math.pi * epoch / 16) ** 2 for epoch in range(8)]  # half-angle
    assert [row["learning_rate"] for row in rows] == pytest.approx(rates)
    shares = [0, 0.0375, 0.075, 0.1125, 0.15, 0.1875, 0.225, 0.2625]
    assert [row["drop_path"] for row in rows] == pytest.approx(shares)
    assert all(0 < 22 / row["images_per_second"] <= row["seconds"] for row in rows)


def test_samples_lose_the_branch_more_and_more_often():
    """Of 2,000 images an epoch, as many lose the branch as the ramp from 0 to 0.8 says."""
    network, dropped = initialised(ToyNetwork, 5), []
    network.drop.register_forward_hook(
        lambda module, _inputs, output: (
            dropped.append((output.flatten(1) == 0).all(1).float()) if module.training else None
        )
    )
    protocol = toy_protocol(epochs=4, batch_size=500, drop_path=0.8)
    augment(network, ToyData(images=2000), protocol, seed=1, loop=EpochLoop())
    shares = torch.cat(dropped).reshape(4, 2000).mean(1)
    assert shares[0] == 0
    for share, expected in zip(shares.tolist(), (0, 0.2, 0.4, 0.6), strict=True):
        assert share == pytest.approx(expected, abs=0.044)  # 4 standard deviations


def test_the_seed_decides_the_result():
    losses = [[row["train_loss"] for row in train(seed=seed)[0]] for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_rates_reach_the_network_and_the_modes_alternate():
    modes = []
    data = ToyData(hook=lambda *_: modes.append((network.training, network.drop.probability)))
    data.test_hook = lambda *_: modes.append((network.training, None))
    network = initialised(ToyNetwork, 5)
    augment(network, data, toy_protocol(epochs=2), seed=1, loop=EpochLoop())
    test = [(False, None)] * 3
    assert modes == [(True, 0.0)] * 3 + test + [(True, 0.15)] * 3 + test


def test_the_test_loss_is_the_plain_mean_over_images():
    data = ToyData()
    rows, network = train(data, epochs=1)
    network.eval()
    with torch.no_grad():
        images, labels = data.batches("test", batch_size=12, seed=5).at(0, 0)
        logits, _ = network(images)
    plain = -logits.log_softmax(1)[torch.arange(12), labels].mean().item()
    assert rows[0]["test_loss"] == pytest.approx(plain, rel=1e-6)
    assert rows[0]["test_accuracy"] == 100 * (logits.argmax(1) == labels).sum().item() / 12


def smoothed(logits, labels, share):
    """Return the cross-entropy to targets (1 - share) one-hot + share / classes."""
    classes = logits.shape[1]
    target = torch.full_like(logits, share / classes)
    target[torch.arange(len(labels)), labels] += 1 - share
    return -(target * logits.log_softmax(1)).sum(1).mean().item()


@pytest.mark.parametrize("share", [0.0, 0.1])
@pytest.mark.parametrize("weight", [0.0, 0.4])
def test_the_training_loss_smooths_and_weighs_the_tower(share, weight):
    generator = torch.Generator().manual_seed(1)
    logits, tower = torch.randn(2, 6, 5, generator=generator)
    labels = torch.tensor([0, 1, 2, 3, 4, 0])
    protocol = toy_protocol(label_smoothing=share, auxiliary_weight=weight)
    expected = smoothed(logits, labels, share)
    assert training_loss(logits, None, labels, protocol).item() == pytest.approx(expected)
    expected += weight * smoothed(tower, labels, share)
    assert training_loss(logits, tower, labels, protocol).item() == pytest.approx(expected)


def test_the_train_loss_is_the_minimised_mean_over_images():
    """With a rate that changes nothing, every batch has the loss of the first weights."""
    optimizer = {"name": "sgd", "learning_rate": 1e-30, "learning_rate_min": 0, "weight_decay": 0}
    data = ToyData(noise=0.0)
    rows, network = train(data, optimizer=optimizer, epochs=1)
    batches, total = data.batches("train", batch_size=8, seed=5), 0.0
    network.train()
    for images, labels in (batches.at(0, step) for step in range(3)):
        logits, tower = network(images)
        loss = smoothed(logits, labels, 0.1) + 0.4 * smoothed(tower, labels, 0.1)
        total += len(labels) * loss
    assert rows[0]["train_loss"] == pytest.approx(total / 22, rel=1e-5)


def test_gradients_are_clipped():
    start = initialised(ToyNetwork, 5).state_dict()
    optimizer = {"name": "sgd", "learning_rate": 0.1, "learning_rate_min": 0, "weight_decay": 0}
    for clip, moves in [(1e-9, False), (5.0, True)]:
        _, network = train(optimizer=optimizer | {"gradient_clip": clip}, epochs=1)
        change = (network.body.weight - start["body.weight"]).abs().max().item()
        assert (change > 1e-7) == moves


def test_a_last_batch_of_one_image_is_left_out():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        ToyNetwork()(torch.zeros(1, 3, 4, 4))
    rows, _ = train(ToyData(images=17), epochs=1)
    correct = rows[0]["train_accuracy"] * 16 / 100
    assert math.isclose(correct, round(correct))  # of 16 images, not of 17


def test_a_single_image_is_refused():
    with pytest.raises(NasevalError, match="there is one training image"):
        train(ToyData(images=1), epochs=1)


def test_a_diverging_training_names_the_epoch():
    with pytest.raises(NasevalError, match="in epoch 1; lower learning_rate"):
        train(ToyData(noise=float("inf")))


@pytest.mark.skipif(not os.access(CLEAR_REFS, os.W_OK), reason="this system keeps the peak")
def test_a_second_training_reports_its_own_peak_memory():
    first, _ = train(ToyData(lambda _epoch, _step: take_memory(2**29)), epochs=1)
    second, _ = train(epochs=1)
    assert second[0]["peak_memory"] < first[0]["peak_memory"] - 2**28


@pytest.mark.parametrize("precision", ["float32", "tf32", "bfloat16"])
def test_tf32_is_used_in_all_steps_if_chosen(precision):
    used = []
    data = ToyData(lambda _epoch, _step: used.append(torch.backends.cudnn.allow_tf32))
    train(data, precision=precision, epochs=1)
    assert used == [precision == "tf32"] * 3


def test_bfloat16_trains_close_to_float32():
    rows, network = train(precision="bfloat16", epochs=6)
    exact, _ = train(epochs=6)
    assert rows[-1]["test_accuracy"] == 100
    assert rows[0]["train_loss"] != exact[0]["train_loss"]
    assert rows[0]["train_loss"] == pytest.approx(exact[0]["train_loss"], rel=0.05)
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


def test_initial_weights_depend_on_the_seed_alone():
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    first = initialised(ToyNetwork, 5)
    assert torch.equal(torch.rand(1), expected)
    again, other = initialised(ToyNetwork, 5), initialised(ToyNetwork, 6)
    assert torch.equal(first.body.weight, again.body.weight)
    assert not torch.equal(first.body.weight, other.body.weight)
