"""The agents of MANAS and MANAS-LS, without any network."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binomtest

from fixtures_networks import VECTORS
from naseval.methods._paths.paths import (
    AGENTS,
    EDGES,
    NONE,
    OPERATIONS,
    draw_paths,
    entropy,
    recommended,
)
from naseval.methods.manas.boltzmann import Boltzmann, temperature
from naseval.methods.manas_ls.zipf import Zipf, additive_effects, zipf_policy
from naseval.randomness import stream
from naseval.spaces.darts.space import SPACE

EXAMPLE = VECTORS["manas_worked_example"]


def test_the_worked_example():
    agent = Boltzmann(1, EXAMPLE["K"], EXAMPLE["gamma"])
    for step in EXAMPLE["steps"]:
        policy = agent.policy(step["T"])
        np.testing.assert_allclose(policy[0], step["policy_before"], rtol=0, atol=1e-9)
        reward = EXAMPLE["baseline"] - step["val_loss"]
        assert reward == pytest.approx(step["reward"])
        agent.learn(np.array([step["sampled"]]), policy, reward)
        np.testing.assert_allclose(agent.credit[0], step["B_after"], rtol=0, atol=1e-7)


def test_temperatures():
    expected = VECTORS["schedules"]["manas_temperature_linear_E50_1000_to_200"]
    for epoch, value in expected.items():
        assert temperature(int(epoch), 50, 1000, 200) == pytest.approx(value, rel=1e-12)
    assert temperature(0, 1, 1000, 200) == 1000


def test_least_squares():
    example = EXAMPLE["least_squares"]
    paths = np.array(example["Z"]).reshape(-1, 2, 2).argmax(axis=2)
    found = additive_effects(paths, np.array(example["losses"]), 2)
    np.testing.assert_allclose(found.ravel(), example["beta_min_norm"], rtol=0, atol=1e-9)


def test_zipf_policy():
    effects = np.array([3.0, 1, 2, 5, 4, 8, 7, 6])
    by_rank = zipf_policy(effects[None])[0][effects.argsort()]
    np.testing.assert_allclose(by_rank, EXAMPLE["zipf_policy_K8_by_rank"], rtol=1e-12)


def test_of_equal_effects_the_first_ranks_first():
    assert zipf_policy(np.zeros((1, 8)))[0].tolist() == EXAMPLE["zipf_policy_K8_by_rank"]


@given(
    arrays(np.float64, (4, 8), elements=st.floats(0, 1e5)),
    st.floats(1e-3, 1),
    st.floats(1, 5000),
)
def test_a_policy_is_a_distribution_with_a_uniform_share(credit, gamma, heat):
    agents = Boltzmann(4, 8, gamma)
    agents.credit = credit
    policy = agents.policy(heat)
    np.testing.assert_allclose(policy.sum(axis=1), 1, rtol=1e-12)
    assert (policy >= gamma / 8 * (1 - 1e-12)).all()
    assert 0 <= entropy(policy) <= math.log(8) + 1e-12


@given(st.integers(0, 10**6))
def test_draws_follow_the_policy(seed):
    policy = np.array([[0, 0.25, 0.75, 0], [1, 0, 0, 0], [0, 0, 0, 1.0], [0.1] * 4])
    paths = draw_paths(policy, stream(seed, "draws"), 400)
    assert paths.shape == (400, 4)
    counts = np.stack([np.bincount(column, minlength=4) for column in paths.T])
    assert counts[policy == 0].sum() == 0
    share = np.array([0.25, 0.75, 0.25, 0.25, 0.25, 0.25])
    drawn = counts[[0, 0, 3, 3, 3, 3], [1, 2, 0, 1, 2, 3]] / 400
    assert (np.abs(drawn - share) < 6 * np.sqrt(share * (1 - share) / 400)).all()


def test_credit_estimates_what_each_operation_would_have_earned():
    agents, rng = Boltzmann(1, 4, 0.1), stream("unbiased")
    agents.credit[0] = [0, 3, 0, 2]
    policy, start, rounds = agents.policy(1.0), agents.credit.copy(), 40_000
    earns = np.array([1.0, 2.0, 3.0, 4.0])
    for path in draw_paths(policy, rng, rounds):
        agents.learn(path, policy, earns[path[0]])
    deviation = earns * np.sqrt((1 / policy[0] - 1) / rounds)
    assert (np.abs((agents.credit - start)[0] / rounds - earns) < 5 * deviation).all()


def test_saturated_policies_are_ranked_by_credit():
    agents = Boltzmann(AGENTS, OPERATIONS, 0.1)
    agents.credit[:, 3] = 50_000 + 1000 * np.arange(AGENTS)
    policy = agents.policy(200)
    assert len(set(policy[:, 3])) == 1
    genotype = recommended(agents.strengths(policy), policy, "argmax", stream("unused"))
    for i, node in enumerate(genotype.normal.nodes):
        assert node == (("sep_conv_3x3", i + 1), ("sep_conv_3x3", i))


@given(arrays(np.float64, (AGENTS, OPERATIONS), elements=st.floats(0, 5000)), st.booleans())
def test_strengths_have_the_order_of_the_policy(credit, cold):
    agents = Boltzmann(AGENTS, OPERATIONS, 0.1)
    agents.credit = credit
    policy = agents.policy(10 if cold else 1000)
    ranked = agents.strengths(policy).ravel().argsort()
    assert (np.diff(policy.ravel()[ranked]) >= 0).all()


def test_argmax_takes_the_best_operation_but_none():
    policy = np.full((AGENTS, OPERATIONS), 0.05)
    policy[:, NONE] = 0.6
    policy[:, 2] = 0.1
    policy[:EDGES:2, 5] = 0.15
    genotype = recommended(policy, policy, "argmax", stream("unused"))
    SPACE.validate(genotype)
    assert genotype.reduce.operations == ["skip_connect"] * 8
    assert genotype.normal.operations.count("dil_conv_3x3") == 7


def test_sample_draws_from_the_policy_without_none():
    policy = np.full((AGENTS, OPERATIONS), 0.0)
    policy[:, NONE], policy[:, 1], policy[:, 4] = 0.5, 0.1, 0.4
    drawn = [recommended(policy, policy, "sample", stream("draw", i)) for i in range(40)]
    operations = [name for found in drawn for name in found.reduce.operations]
    assert set(operations) == {"avg_pool_3x3", "sep_conv_5x5"}
    # A node prefers edges that drew the likelier operation.
    assert operations.count("avg_pool_3x3") < 0.2 * len(operations)
    assert (
        "avg_pool_3x3" not in recommended(policy, policy, "argmax", stream("a")).reduce.operations
    )


def test_what_was_never_drawn_is_neither_good_nor_bad():
    agents, rng = Zipf(3, 4), stream("few")
    paths = rng.integers(0, 3, (200, 3))
    losses = 7 + np.array([-0.2, 0.0, 0.3])[paths].sum(axis=1)
    agents.learn(paths, losses)
    assert agents.effects[:, 3] == pytest.approx(0, abs=1e-9)
    assert (agents.effects.argsort(axis=1)[:, [0, 3]] == [0, 2]).all()


@given(st.integers(0, 10**6))
def test_additive_losses_are_explained_exactly(seed):
    rng = stream(seed, "additive")
    effects, paths = rng.normal(size=(5, 4)), rng.integers(0, 4, (300, 5))
    losses = effects[np.arange(5), paths].sum(axis=1)
    found = additive_effects(paths, losses, 4)
    centred = [each - each.mean(axis=1, keepdims=True) for each in (found, effects)]
    np.testing.assert_allclose(*centred, atol=1e-9)


def test_agents_give_their_state_and_take_it_back():
    boltzmann, zipf, rng = Boltzmann(3, 4, 0.2), Zipf(3, 4), stream("state")
    assert Zipf(3, 4).policy.tolist() == [[0.25] * 4] * 3
    boltzmann.learn(np.array([0, 1, 2]), boltzmann.policy(3), math.pi)
    zipf.learn(rng.integers(0, 4, (20, 3)), rng.normal(size=20))
    for agents, fresh in ((boltzmann, Boltzmann(3, 4, 0.2)), (zipf, Zipf(3, 4))):
        fresh.load_state_dict(agents.state_dict())
        assert fresh.state_dict() == agents.state_dict()
    again = Zipf(3, 4)
    again.load_state_dict(zipf.state_dict())
    assert (again.policy == zipf.policy).all()


ROUNDS = 391
"""Of an epoch on CIFAR-10."""


def simulated_loss(effects, path, rng):
    """Return 1.5, the sum of the path's effects, and noise."""
    return 1.5 + effects[np.arange(AGENTS), path].sum() + rng.normal(0, 0.15)


def manas_choices(effects, rng, epochs):
    agents = Boltzmann(AGENTS, OPERATIONS, 0.1)
    for epoch in range(epochs):
        heat = temperature(epoch, epochs, 1000, 200)
        for _ in range(ROUNDS):
            policy = agents.policy(heat)
            path = draw_paths(policy, rng, 1)[0]
            agents.learn(path, policy, 5 - simulated_loss(effects, path, rng))
    return agents.policy(200).argmax(axis=1)


def manas_ls_choices(effects, rng, epochs):
    agents = Zipf(AGENTS, OPERATIONS)
    for _ in range(epochs):
        paths = draw_paths(agents.policy, rng, ROUNDS)
        agents.learn(paths, np.array([simulated_loss(effects, path, rng) for path in paths]))
    return agents.policy.argmax(axis=1)


@pytest.mark.parametrize(("choices", "epochs"), [(manas_choices, 50), (manas_ls_choices, 5)])
@pytest.mark.parametrize("deviation", [0.03, 0.0])
def test_the_best_operations_are_found_at_the_papers_settings(choices, epochs, deviation):
    """28 agents with additive effects; 0.0 is the control, in which there is nothing to find."""
    rng = stream("simulation", epochs)
    effects = rng.normal(0, 0.03, (AGENTS, OPERATIONS))
    found = choices(effects * deviation / 0.03, rng, epochs)
    best_two = effects.argsort(axis=1)[:, :2]
    good = int((best_two == found[:, None]).sum())
    interval = binomtest(good, AGENTS).proportion_ci(method="exact")
    print(f"{choices.__name__}: {good} of {AGENTS} among the best two, {interval}")
    assert (interval.low > 2 / OPERATIONS) == (deviation > 0)
