"""First- and second-order gradients on the DARTS supernet, against vectors, in float64."""

import pytest
import torch
from torch.nn import functional as F

from fixtures_networks import VECTORS, fill_by_rule, images_by_rule
from naseval.methods._gradient.alphas import Alphas
from naseval.methods._gradient.bilevel import first_order_gradient, frozen_statistics
from naseval.methods._gradient.unrolled import unrolled_gradient
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.darts.search import EDGES, OPERATIONS
from naseval.randomness import stream
from naseval.settings.base import ArchitectureOptimizer, Optimizer
from naseval.spaces.darts.space import SPACE
from naseval.training.optimizers import backward_and_step, build_optimizer

FIXTURE = VECTORS["supernet_fixture"]
WEIGHTS = Optimizer(name="sgd", learning_rate=0.025, learning_rate_min=0.001, weight_decay=3e-4)
ARCHITECTURE = ArchitectureOptimizer(learning_rate=3e-4, weight_decay=1e-3)


class Fixture:
    """The supernet, alphas and two batches of the vectors."""

    def __init__(self):
        edges = {"normal": OPERATIONS, "reduce": OPERATIONS}
        network = Supernet(edges, images="small", classes=4, channels=4, cells=3)
        self.network = fill_by_rule(network).train()
        self.alphas = Alphas(stream(0, "alphas"), EDGES, len(SPACE.operations)).double()
        edge, column = torch.arange(14.0).double()[:, None], torch.arange(8.0).double()
        with torch.no_grad():
            for t, alpha in enumerate(self.alphas.parameters()):
                alpha.copy_(0.5 * torch.sin(0.3 + 1.7 * edge + 2.3 * column + 0.9 * t))
        images = images_by_rule(8, 16)
        self.train = images[:4], torch.tensor([0, 1, 2, 3])
        self.validation = images[4:], torch.tensor([3, 1, 0, 2])
        self.optimizer = build_optimizer(self.network.parameters(), WEIGHTS)

    def loss(self, images, labels):
        return F.cross_entropy(self.network(images, *self.alphas()), labels)

    def slopes(self, rule, **options):
        return rule(
            lambda: self.loss(*self.train),
            lambda: self.loss(*self.validation),
            self.optimizer,
            list(self.alphas.parameters()),
            **options,
        )

    def move_weights(self):
        backward_and_step(self.loss(*self.train), self.optimizer, WEIGHTS.gradient_clip)
        self.alphas.zero_grad()


@pytest.fixture
def moved():
    fixture = Fixture()
    fixture.move_weights()
    return fixture


def table(rows):
    """Return (14, 8) from rows that may be nested node by node."""
    return torch.tensor([row for node in rows for row in node], dtype=torch.float64)


def norm(tensors):
    return torch.cat([tensor.flatten() for tensor in tensors]).norm().item()


def close(found, expected):
    torch.testing.assert_close(found, expected, rtol=1e-7, atol=1e-9)


def test_losses_and_first_order_gradient():
    fixture = Fixture()
    assert fixture.loss(*fixture.train).item() == pytest.approx(FIXTURE["train_loss"], rel=1e-12)
    assert fixture.loss(*fixture.validation).item() == pytest.approx(FIXTURE["val_loss"], rel=1e-12)
    normal, reduce = fixture.slopes(first_order_gradient)
    close(normal, table(FIXTURE["first_order_grad_normal"]))
    close(reduce, table(FIXTURE["first_order_grad_reduce"]))
    assert all(weight.grad is None for weight in fixture.network.parameters())


def test_second_order_gradient_and_adam_step(moved):
    before = [weight.detach().clone() for weight in moved.network.parameters()]
    normal, reduce = moved.slopes(unrolled_gradient)
    close(normal, table(FIXTURE["second_order_grad_normal"]))
    close(reduce, table(FIXTURE["second_order_grad_reduce"]))
    assert all(
        torch.equal(weight, value)
        for weight, value in zip(moved.network.parameters(), before, strict=True)
    )
    adam = build_optimizer(moved.alphas.parameters(), ARCHITECTURE)
    moved.alphas.normal.grad, moved.alphas.reduce.grad = normal, reduce
    adam.step()
    close(
        moved.alphas.normal.detach()[:2],
        torch.tensor(FIXTURE["alpha_normal0_after_adam"], dtype=torch.float64),
    )


def test_norms_of_both_terms(moved):
    """The legacy scale leaves the first term alone, but for a factor of step squared."""
    assert moved.loss(*moved.train).item() == pytest.approx(
        FIXTURE["train_loss_after_step1"], rel=1e-12
    )
    right = moved.slopes(unrolled_gradient)
    legacy = moved.slopes(unrolled_gradient, legacy_fd_scale=True)
    shrink = FIXTURE["eps"] ** 2
    second_order = norm(a - b for a, b in zip(right, legacy, strict=True)) / (1 - shrink)
    assert second_order == pytest.approx(0.025 * FIXTURE["norm_fd_term"], rel=1e-9)
    direct = [(a - shrink * b) / (1 - shrink) for a, b in zip(legacy, right, strict=True)]
    assert norm(direct) == pytest.approx(FIXTURE["norm_dalpha_virtual"], rel=1e-9)


def test_frozen_statistics(moved):
    before = {
        name: value.clone()
        for name, value in moved.network.named_buffers()
        if "num_batches" not in name
    }
    with frozen_statistics(moved.network):
        moved.slopes(unrolled_gradient)
    after = dict(moved.network.named_buffers())
    assert all(torch.equal(after[name], value) for name, value in before.items())
    moved.loss(*moved.train)
    assert not all(torch.equal(after[name], value) for name, value in before.items())
