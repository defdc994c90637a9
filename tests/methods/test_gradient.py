"""What gradient searches share: discretisation, alphas and the unrolled gradient."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from scipy.stats import entropy

from fixtures_networks import VECTORS
from naseval.genotype import Cell
from naseval.methods._gradient.alphas import Alphas, node_edges, strongest_cell
from naseval.methods._gradient.unrolled import gradient, restoring, unrolled_gradient
from naseval.randomness import stream

RULES = VECTORS["discretisation"]
EDGES = 14


def table(s):
    edge, column = np.arange(EDGES)[:, None], np.arange(8)
    return 1.2 * np.sin(0.4 + 1.9 * edge + 2.7 * column + s)


def cell(nodes):
    return Cell.of(nodes, (2, 3, 4, 5))


@pytest.mark.parametrize("s", [0, 1])
def test_pt_darts_rule(s):
    expected = RULES["pt_darts_rule"][f"s={s}"]
    operations = [expected["primitives"]] * EDGES
    raw = strongest_cell(table(s), operations)
    ranked_by_probability = strongest_cell(softmax(table(s), axis=1), operations)
    assert raw == cell(expected["genotype"])
    assert ranked_by_probability == cell(expected["genotype_if_softmax_ranked"])
    assert raw != ranked_by_probability


@pytest.mark.parametrize(("name", "s"), [("normal", 0), ("reduce", 1)])
def test_quark0_rule(name, s):
    expected = RULES["quark0_rule"]
    flat = expected[name]
    pairs = [flat[i : i + 2] for i in range(0, 8, 2)]
    operations = [expected["primitives"]] * EDGES
    assert strongest_cell(softmax(table(s), axis=1), operations) == cell(pairs)


def test_every_edge_may_have_operations_of_its_own():
    names = [("none", "a"), ("b", "none"), ("c", "d"), ("none", "e"), ("f", "g")]
    found = strongest_cell(np.array([[9, 1], [2, 9], [0, 3], [9, 4], [5, 0]]), names)
    assert found == Cell(((("b", 1), ("a", 0)), (("f", 2), ("e", 1))), (2, 3))


@given(arrays(np.float64, (14, 8), elements=st.floats(-5, 5)))
def test_a_cell_has_two_inputs_per_node_and_no_none(strengths):
    names = ("a", "b", "c", "d", "e", "f", "g", "none")
    found = strongest_cell(strengths, [names] * EDGES)
    for i, (first, second) in enumerate(found.nodes):
        assert first[1] != second[1]
        assert max(first[1], second[1]) < i + 2
        assert "none" not in (first[0], second[0])
        start = node_edges(EDGES)[i].start
        best = strengths[:, :7].max(1)
        kept_edges = {first[1], second[1]}
        others = [best[start + j] for j in range(i + 2) if j not in kept_edges]
        assert best[start + first[1]] >= best[start + second[1]] >= max(others, default=-np.inf)


def test_node_edges():
    assert node_edges(14) == [range(2), range(2, 5), range(5, 9), range(9, 14)]
    assert len(node_edges(27)) == 6
    for wrong in (0, 3, 13):
        with pytest.raises(ValueError, match="whole nodes"):
            node_edges(wrong)


def test_alphas_are_drawn_from_their_stream_alone():
    first, second, other = (Alphas(stream(seed, "alphas"), 14, 8) for seed in (1, 1, 2))
    assert torch.equal(first.normal, second.normal)
    assert torch.equal(first.reduce, second.reduce)
    assert not torch.equal(first.normal, other.normal)
    assert not torch.equal(first.normal, first.reduce)
    both = np.concatenate(first.tables())
    assert both.shape == (28, 8)
    assert 0.8e-3 < both.std() < 1.2e-3


def test_entropy_is_that_of_the_mixing_weights():
    alphas = Alphas(stream(0, "alphas"), 14, 8)
    with torch.no_grad():
        alphas.normal.mul_(1000)
        alphas.reduce.fill_(3)
    rows = np.concatenate([softmax(each, axis=1) for each in alphas.tables()])
    assert alphas.entropy() == pytest.approx(entropy(rows, axis=1).mean(), abs=1e-7)
    assert Alphas(stream(0, "alphas"), 14, 1).entropy() == 0


class Toy:
    """Scalars with known derivatives: training (w - a)^2 / 2, validation (w - 1)^2 / 2."""

    def __init__(self):
        self.w = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
        self.alpha = torch.tensor([0.7], dtype=torch.float64, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.w], lr=0.025, momentum=0.9, weight_decay=3e-4)

    def gradient(self, **options):
        return unrolled_gradient(
            lambda: ((self.w - self.alpha) ** 2).sum() / 2,
            lambda: ((self.w - 1) ** 2).sum() / 2,
            self.optimizer,
            [self.alpha],
            **options,
        )[0].item()


def test_unrolled_gradient_of_the_toy():
    toy = Toy()
    toy.optimizer.state[toy.w]["momentum_buffer"] = torch.tensor([0.2], dtype=torch.float64)
    assert toy.gradient() == pytest.approx(-0.01736255625, abs=1e-14)
    assert toy.w.item() == 0.3
    assert toy.w.grad is None
    assert toy.alpha.grad is None


def test_before_the_first_step_the_momentum_is_zero():
    w = 0.3 - 0.025 * (0.3 - 0.7 + 3e-4 * 0.3)
    assert Toy().gradient() == pytest.approx(0.025 * (w - 1), abs=1e-14)


def test_the_legacy_scale_shrinks_the_second_order_term_by_the_squared_step():
    toy = Toy()
    step = 0.01 / abs(toy.gradient() / 0.025)
    assert toy.gradient(legacy_fd_scale=True) == pytest.approx(step**2 * toy.gradient(), rel=1e-9)


def test_a_flat_validation_loss_gives_no_nan():
    toy = Toy()
    flat = unrolled_gradient(
        lambda: ((toy.w - toy.alpha) ** 2).sum(),
        lambda: toy.w.sum() * 0,
        toy.optimizer,
        [toy.alpha],
    )
    assert flat[0].item() == 0


def smooth_losses():
    """Losses of a small tanh network; the exact gradient is found by differentiating the step."""
    generator = torch.Generator().manual_seed(3)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    x, y, u, v = draw(6, 4), draw(6, 3), draw(6, 4), draw(6, 3)

    def loss(inputs, targets, weights, alpha):
        first, second = weights
        hidden = torch.tanh(inputs @ first) * alpha.softmax(0)
        return ((hidden @ second - targets) ** 2).mean()

    weights = [draw(4, 5).requires_grad_(), draw(5, 3).requires_grad_()]
    alpha = draw(5).requires_grad_()
    return (
        lambda w, a: loss(x, y, w, a),
        lambda w, a: loss(u, v, w, a),
        weights,
        alpha,
    )


def test_unrolled_gradient_agrees_with_differentiating_through_the_step():
    training, validation, weights, alpha = smooth_losses()
    optimizer = torch.optim.SGD(weights, lr=0.5, momentum=0.9, weight_decay=1e-2)
    training(weights, alpha).backward()
    optimizer.step()
    before = [weight.detach().clone() for weight in weights]
    found = unrolled_gradient(
        lambda: training(weights, alpha), lambda: validation(weights, alpha), optimizer, [alpha]
    )[0]
    slopes = torch.autograd.grad(training(weights, alpha), weights, create_graph=True)
    stepped = [
        weight - 0.5 * (0.9 * optimizer.state[weight]["momentum_buffer"] + slope + 1e-2 * weight)
        for weight, slope in zip(weights, slopes, strict=True)
    ]
    exact = torch.autograd.grad(validation(stepped, alpha), alpha)[0]
    stepped = [weight.detach() for weight in stepped]
    without_second_order = torch.autograd.grad(validation(stepped, alpha), alpha)[0]
    error, second_order = (found - exact).norm(), (without_second_order - exact).norm()
    assert error < 1e-3 * second_order
    for weight, value in zip(weights, before, strict=True):
        assert torch.equal(weight, value)


def test_kept_restores_bit_for_bit_even_after_an_error():
    tensors = [torch.rand(7) * 1e-8, torch.rand(3) * 1e8, torch.tensor(5)]
    before = [tensor.clone() for tensor in tensors]
    with pytest.raises(RuntimeError, match="interrupted"), restoring(tensors) as restore:
        for tensor in tensors:
            tensor.add_(1)
        restore()
        assert all(torch.equal(*pair) for pair in zip(tensors, before, strict=True))
        tensors[0].zero_()
        raise RuntimeError("interrupted")
    assert all(torch.equal(*pair) for pair in zip(tensors, before, strict=True))


def test_gradient_of_an_unused_parameter_is_zero():
    used, unused = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    assert gradient((used**2).sum(), [unused, used])[0].tolist() == [0, 0, 0]
