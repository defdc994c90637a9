"""Optimizers and clipping against their formulas, written out."""

import pytest
import torch

from naseval.settings.base import ArchitectureOptimizer, Optimizer
from naseval.training.optimizers import (
    backward_and_step,
    build_optimizer,
    clip_and_step,
    set_learning_rate,
)

RATE, DECAY = 0.1, 0.01


def settings(name, **changes):
    common = {"learning_rate": RATE, "learning_rate_min": 0, "weight_decay": DECAY}
    return Optimizer(name=name, **(common | changes))


def two_steps(chosen):
    """Return a weight after two steps down w**3, from 2."""
    weight = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    optimizer = build_optimizer([weight], chosen)
    for _ in range(2):
        optimizer.zero_grad()
        weight.pow(3).sum().backward()
        optimizer.step()
    return weight.item()


def gradient(weight):
    return 3 * weight**2 + DECAY * weight


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd(nesterov):
    weight, velocity = 2.0, 0.0
    for _ in range(2):
        velocity = 0.9 * velocity + gradient(weight)
        weight -= RATE * (gradient(weight) + 0.9 * velocity if nesterov else velocity)
    assert two_steps(settings("sgd", nesterov=nesterov)) == pytest.approx(weight, rel=1e-12)


@pytest.mark.parametrize(
    "chosen",
    [settings("adam"), ArchitectureOptimizer(learning_rate=RATE, weight_decay=DECAY)],
)
def test_adam(chosen):
    weight, first, second = 2.0, 0.0, 0.0
    for step in (1, 2):
        slope = gradient(weight)
        first = 0.5 * first + 0.5 * slope
        second = 0.999 * second + 0.001 * slope**2
        root = (second / (1 - 0.999**step)) ** 0.5
        weight -= RATE * first / (1 - 0.5**step) / (root + 1e-8)
    assert two_steps(chosen) == pytest.approx(weight, rel=1e-12)


def test_adamax():
    weight, first, largest = 2.0, 0.0, 0.0
    for step in (1, 2):
        slope = gradient(weight)
        first = 0.5 * first + 0.5 * slope
        largest = max(0.999 * largest, abs(slope) + 1e-8)
        weight -= RATE * first / (1 - 0.5**step) / largest
    assert two_steps(settings("adamax")) == pytest.approx(weight, rel=1e-12)


def test_the_learning_rate_of_all_groups():
    optimizer = build_optimizer([torch.zeros(1, requires_grad=True)], settings("sgd"))
    optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)]})
    set_learning_rate(optimizer, 0.025)
    assert [group["lr"] for group in optimizer.param_groups] == [0.025, 0.025]


def test_clipping_is_by_the_norm_of_all_gradients_together():
    for length, scale in [(10.0, 0.5), (0.1, 1.0)]:
        parameters = [torch.zeros(2, requires_grad=True) for _ in range(2)]
        parameters[0].grad = torch.tensor([0.6 * length, 0.0])
        parameters[1].grad = torch.tensor([0.0, 0.8 * length])
        optimizer = build_optimizer(parameters, settings("sgd"))
        clip_and_step(optimizer, 5.0)
        assert parameters[0].grad[0].item() == pytest.approx(0.6 * length * scale, rel=1e-5)
        assert parameters[1].grad[1].item() == pytest.approx(0.8 * length * scale, rel=1e-5)
        before = parameters[0].grad.clone()
        clip_and_step(optimizer, None)
        assert torch.equal(parameters[0].grad, before)
    alone = torch.zeros(2, requires_grad=True)
    alone.grad = torch.tensor([6.0, 8.0])
    clip_and_step(build_optimizer([alone], settings("sgd")), 5.0)
    assert alone.grad.tolist() == pytest.approx([3.0, 4.0], rel=1e-5)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamax"])
def test_a_step_leaves_alone_what_the_loss_does_not_depend_on(name):
    used, unused = (torch.ones(1, requires_grad=True) for _ in range(2))
    optimizer = build_optimizer([used, unused], settings(name))
    backward_and_step((used + unused).sum(), optimizer, None)
    moved = used.item(), unused.item()
    backward_and_step(used.sum(), optimizer, None)  # no decay, no momentum, no old gradient
    assert used.item() != moved[0] != 1
    assert unused.item() == moved[1] != 1
