"""SDARTS-RS: perturbed mixing weights."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from gradient_toys import made_up_data
from naseval.methods.sdarts_rs import search as sdarts_rs
from naseval.methods.sdarts_rs.search import OPERATIONS, SmoothedTask, perturbed
from naseval.randomness import stream
from successor_toys import settings_of


def by_hand(mixing, noise):
    """Return the perturbed rows, one by one."""
    rows = []
    for row in mixing + noise:
        limited = np.clip(row, 0, 1)
        if limited.sum() == 0:
            limited[row.argmax()] = 1
        rows.append(limited / limited.sum())
    return np.array(rows)


@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0.1, 20))
@settings(max_examples=50)
def test_perturbed_weights_by_hand(seed, radius, spread):
    mixing = softmax(spread * stream("mixing", seed).standard_normal((14, 7)), axis=1)
    torch.manual_seed(seed)
    noise = torch.empty(14, 7, dtype=torch.float64).uniform_(-radius, radius).numpy()
    torch.manual_seed(seed)
    found = perturbed(torch.tensor(mixing), radius).numpy()
    assert np.abs(noise).max() <= radius
    assert found == pytest.approx(by_hand(mixing, noise), abs=1e-12)
    assert found.min() >= 0 and found.sum(1) == pytest.approx(1)


def test_a_row_of_which_nothing_is_left_keeps_its_largest(monkeypatch):
    noise = torch.tensor([[-1.0, -0.9, -1.0], [-0.5, 0.0, 0.0]])
    monkeypatch.setattr(torch.Tensor, "uniform_", lambda self, *_: self.copy_(noise))
    mixing = torch.tensor([[0.3, 0.4, 0.3], [0.25, 0.5, 0.25]])
    expected = torch.tensor([[0.0, 1.0, 0.0], [0.0, 2 / 3, 1 / 3]])
    torch.testing.assert_close(perturbed(mixing, 1.0), expected)


def test_the_radius_grows_linearly():
    task = SmoothedTask(made_up_data(8, 8), settings_of("sdarts_rs", epochs=50), 1)
    found = []
    for epoch in (0, 25, 49):
        task.begin(epoch)
        found.append(task.radius)
    assert found == pytest.approx([0.03, 0.165, 0.2946])


def test_only_weights_see_the_perturbation_and_alphas_are_left_as_they_were(monkeypatch):
    task = SmoothedTask(made_up_data(8, 8), settings_of("sdarts_rs"), 1)
    seen = []
    task.network.register_forward_pre_hook(lambda _module, given: seen.append(given[1].detach()))
    made = []

    def noted(mixing, radius):
        made.append(perturbed(mixing, radius))
        return made[-1]

    monkeypatch.setattr(sdarts_rs, "perturbed", noted)
    task.begin(0)
    before = task.alphas.probabilities()[0].detach()
    task.step(0, 0)
    after = task.alphas.probabilities()[0].detach()
    alpha_pass, weight_pass = seen
    assert torch.equal(alpha_pass, before)
    assert torch.equal(weight_pass, made[0]) and not torch.equal(weight_pass, after)
    assert (weight_pass - after).abs().max() < 0.06  # 0.03, and the division by the sum
    assert (after - before).abs().max() < 1e-3


def test_none_is_left_out():
    assert {len(names) for names in OPERATIONS} == {7}
    assert not any("none" in names for names in OPERATIONS)
