import math

import numpy as np
import pytest
import torch
from torch import Tensor

from controller_toys import controller
from fixtures_wiring import VECTORS
from naseval.methods.enas.controller import DECISIONS, Policy
from naseval.networks.cost import parameters
from naseval.spaces import get_space
from naseval.spaces.enas.space import OPERATIONS, genotype_of

FACTS = VECTORS["enas"]["controller"]
VARIANTS = {
    "code: no temperature, op logits scaled by tanh_constant/2.5": {
        "temperature": None,
        "operation_tanh_reduce": 2.5,
    },
    "port default: temperature 5.0, op_tanh_reduce 2.5": {
        "temperature": 5.0,
        "operation_tanh_reduce": 2.5,
    },
    "paper-literal: temperature 2.5 on all logits, no op_tanh_reduce": {},
}


def without_weights(**changes):
    """Return a policy of which only the operations' bias is not zero."""
    policy = Policy(controller(**changes))
    with torch.no_grad():
        for name, weight in policy.named_parameters():
            if name != "operation.bias":
                weight.zero_()
    return policy


def test_sizes():
    assert parameters(Policy(controller()), True) == FACTS["params_tensorflow"]
    biased = Policy(controller(lstm_bias=True))
    assert parameters(biased, True) == FACTS["params_port_with_lstm_biases"]


def test_initial_weights():
    policy = Policy(controller())
    assert policy.operation.bias.tolist() == [10, 10, 0, 0, 0]
    for name, weight in policy.named_parameters():
        if name != "operation.bias":
            assert weight.abs().max() <= 0.1
            assert weight.std().item() == pytest.approx(0.1 / math.sqrt(3), rel=0.3)


@pytest.mark.parametrize("variant", VARIANTS)
def test_distributions_without_weights(variant):
    expected = FACTS["zero_weight_init_distributions"][variant]
    policy = without_weights(**VARIANTS[variant])
    hidden = torch.zeros(1, 64)
    for kind, bonus in (("normal", policy.bonus), ("reduce", torch.zeros(5))):
        found = policy.operation_logits(hidden, bonus).softmax(-1)[0]
        wanted = torch.tensor(expected[f"op_probs_{kind}_cell"])
        torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-7)
    samples = policy.sample(3)
    total = pytest.approx(expected["total_entropy_both_cells"], rel=1e-6)
    assert samples.entropy.tolist() == [total] * 3


def test_samples_follow_the_distribution():
    torch.manual_seed(0)
    policy = without_weights()
    integers = policy.sample(3000).integers
    expected = FACTS["zero_weight_init_distributions"][list(VARIANTS)[2]]
    for kind, half in (("normal", integers[:, :20]), ("reduce", integers[:, 20:])):
        shares = torch.bincount(half[:, 1::2].flatten(), minlength=5) / half[:, 1::2].numel()
        np.testing.assert_allclose(shares, expected[f"op_probs_{kind}_cell"], atol=0.01)
        for node in range(5):
            sources = half[:, 4 * node : 4 * node + 3 : 2]
            shares = torch.bincount(sources.flatten(), minlength=node + 2) / sources.numel()
            np.testing.assert_allclose(shares, 1 / (node + 2), atol=0.03)


def test_every_sample_is_a_genotype():
    for row in Policy(controller()).sample(20).integers.tolist():
        get_space("enas").validate(genotype_of("enas", row))


def numpy_weights(policy):
    return {name: weight.detach().double().numpy() for name, weight in policy.named_parameters()}


def log_probability(policy: Policy, integers: list[int]) -> tuple[float, float]:
    """Return the log-probability and entropy of an architecture: the text, step by step."""
    w, settings = numpy_weights(policy), policy.settings
    h, c = np.zeros(64), np.zeros(64)
    total = entropy = 0.0

    def lstm(x):
        nonlocal h, c
        i, f, g, o = np.split(w["lstm.weight_ih"] @ x + w["lstm.weight_hh"] @ h, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))

    def decide(logits, drawn):
        nonlocal total, entropy
        p = np.exp(logits) / np.exp(logits).sum()
        total, entropy = total + np.log(p[drawn]), entropy - (p * np.log(p)).sum()

    def temper(logits, bound):
        return bound * np.tanh(logits / settings.temperature)

    start, rest = w["start"][0], list(integers)
    for bonus in (np.array(settings.normal_bonus), np.zeros(5)):
        anchors, keys = [], []
        for _ in range(2):
            lstm(start)
            anchors.append(np.zeros(64))
            keys.append(w["key.weight"] @ h)
        for _ in range(5):
            source_x, operation_x, source_y, operation_y = (rest.pop(0) for _ in range(4))
            x = start
            for drawn in (source_x, source_y):
                lstm(x)
                logits = [
                    w["value.weight"][0] @ np.tanh(key + w["query.weight"] @ h) for key in keys
                ]
                decide(temper(np.array(logits), 1.1), drawn)
                x = anchors[drawn]
            for drawn in (operation_x, operation_y):
                lstm(x)
                logits = w["operation.weight"] @ h + w["operation.bias"]
                decide(temper(logits, 1.1 / settings.operation_tanh_reduce) + bonus, drawn)
                x = w["embedding.weight"][drawn]
            lstm(x)
            anchors.append(h)
            keys.append(w["key.weight"] @ h)
    return total, entropy


def test_log_probabilities_follow_the_text():
    torch.manual_seed(3)
    policy = Policy(controller(initial_range=0.5, operation_tanh_reduce=2.0)).double()
    samples = policy.sample(4)
    for row, found, entropy in zip(
        samples.integers.tolist(), samples.log_probability, samples.entropy, strict=True
    ):
        expected, expected_entropy = log_probability(policy, row)
        assert found.item() == pytest.approx(expected, rel=1e-9)
        assert entropy.item() == pytest.approx(expected_entropy, rel=1e-9)


def test_every_weight_learns_and_entropy_does_not_pull():
    policy = Policy(controller())
    samples = policy.sample(2)
    assert not samples.entropy.requires_grad
    samples.log_probability.sum().backward()
    for name, weight in policy.named_parameters():
        assert isinstance(weight.grad, Tensor), name
        assert weight.grad.abs().sum() > 0, name


def test_decisions_per_architecture():
    assert Policy(controller()).sample(1).integers.shape == (1, DECISIONS) == (1, 40)
    assert len(OPERATIONS) == 5
