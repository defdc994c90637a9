"""DARTS-ES: the dominant eigenvalue, and the rule that stops a search."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradient_toys import made_up_data
from naseval.genotype import Genotype
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.darts_es import search as darts_es
from naseval.methods.darts_es.eigenvalue import dominant_eigenvalue
from naseval.methods.darts_es.search import MeasuredTask
from naseval.methods.darts_es.settings import EarlyStopping
from naseval.methods.darts_es.stopping import epoch_to_return
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from successor_toys import STOPPING, settings_of
from training_toy import timeless

PROGRAM = EarlyStopping(every=2, window=5, distance=4, first=10, factor=1.3)


def smooth_loss(seed):
    """Return a loss of two tables of alphas, a small tanh network in float64, and the alphas."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    x, y, first, second = draw(6, 4), draw(6, 3), draw(4, 12), draw(15, 3)

    def loss(normal, reduce):
        hidden = torch.tanh(x @ first) * normal.softmax(-1).flatten()
        outer = torch.cat([hidden, draw_once[0] * reduce.softmax(-1).flatten()], 1)
        return ((outer @ second - y) ** 2).mean()

    draw_once = [draw(6, 3)]
    return loss, [draw(3, 4).requires_grad_(), draw(1, 3).requires_grad_()]


@pytest.mark.parametrize("seed", range(8))
def test_dominant_eigenvalue_is_the_largest_of_the_whole_hessian(seed):
    loss, alphas = smooth_loss(seed)
    blocks = torch.autograd.functional.hessian(loss, tuple(alphas))
    sizes = [alpha.numel() for alpha in alphas]
    whole = torch.cat(
        [
            torch.cat(
                [block.reshape(row, column) for block, column in zip(own, sizes, strict=True)], 1
            )
            for own, row in zip(blocks, sizes, strict=True)
        ]
    )
    expected = torch.linalg.eigvalsh(whole)[-1].item()
    assert dominant_eigenvalue(loss(*alphas), alphas) == pytest.approx(expected, abs=1e-9)


def test_a_flat_loss_has_the_eigenvalue_zero():
    alphas = [torch.ones(3, dtype=torch.float64, requires_grad=True)]
    assert dominant_eigenvalue((alphas[0] ** 2).sum() * 0, alphas) == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_has_no_eigenvalue(value):
    alphas = [torch.ones(3, dtype=torch.float64, requires_grad=True)]
    assert np.isnan(dominant_eigenvalue((alphas[0] ** 4).sum() * value, alphas))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_second_derivatives_of_the_supernet(layout):
    """Those of the banked form, against differences of its exact gradients."""
    task = MeasuredTask(made_up_data(), settings_of("darts_es"), 1)
    network, alphas = task.network.double().train(), task.alphas.double()
    x = torch.rand(4, 3, 8, 8, dtype=torch.float64).to(memory_format=layout)
    tables = list(alphas.parameters())
    direction = torch.randn(14, 8, dtype=torch.float64)

    def slope(**options):
        loss = network(x, *alphas()).logsumexp(1).mean()
        return torch.autograd.grad(loss, tables[1], **options)[0]

    exact = torch.autograd.grad(slope(create_graph=True), tables[1], direction)[0]
    step, sides = 1e-6, []
    for sign in (1, -1):
        with torch.no_grad():
            tables[1].add_(direction, alpha=sign * step)
        sides.append(slope())
        with torch.no_grad():
            tables[1].sub_(direction, alpha=sign * step)
    difference = (sides[0] - sides[1]) / (2 * step)
    torch.testing.assert_close(exact, difference, rtol=1e-4, atol=1e-7 + 1e-4 * exact.abs().max())


def test_the_eigenvalue_of_an_epoch_is_that_of_its_last_validation_batch():
    settings = settings_of("darts_es")
    task, plain = (
        MeasuredTask(made_up_data(16, 24), settings, 1, kind=kind)
        for kind in (type(MeasuredTask(made_up_data(), settings, 1).network), Supernet)
    )
    statistics = [buffer.clone() for buffer in task.network.buffers()]
    assert task.steps == 3
    task.begin(0)
    found = task.step(0, 2)["eigenvalue"]
    assert all(map(torch.equal, statistics, task.network.buffers()))
    loss = plain._loss(*task.validation.at(0, 1))
    expected = dominant_eigenvalue(loss, list(plain.alphas.parameters())) + 1e-3
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_epochs_without_a_measurement_have_an_empty_step():
    settings = settings_of("darts_es", epochs=6, early_stopping={**STOPPING, "every": 4})
    task = MeasuredTask(made_up_data(8, 8), settings, 1)
    task._eigenvalue = lambda epoch: float(epoch)
    assert [task.step(epoch, 1) for epoch in (0, 1, 4, 5)] == [
        {"eigenvalue": 0.0},
        {},
        {"eigenvalue": 4.0},
        {"eigenvalue": 5.0},
    ]


def reference(eigenvalues, rule):
    """Return the epoch to return to, from the means of all windows, each written out."""
    middle = rule.window // 2
    means = [
        np.mean(eigenvalues[max(0, last - rule.window + 1) : last + 1])
        for last in range(len(eigenvalues))
    ]
    last = len(eigenvalues) - 1
    epoch = rule.every * (last - middle - rule.distance)
    if last - rule.distance < 0 or epoch < max(rule.first, 0):
        return None
    return epoch if means[last] / means[last - rule.distance] > rule.factor else None


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=25),
    st.integers(1, 4),
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(0, 12),
)
def test_the_rule_by_means_written_out(eigenvalues, every, window, distance, first):
    rule = EarlyStopping(every=every, window=window, distance=distance, first=first, factor=1.3)
    assert epoch_to_return(eigenvalues, rule) == reference(eigenvalues, rule)


def test_the_programs_rule_goes_back_to_epoch_10_at_the_earliest():
    growing = [1.5**n for n in range(25)]
    stops = {2 * n: epoch_to_return(growing[: n + 1], PROGRAM) for n in range(25)}
    assert {epoch: back for epoch, back in stops.items() if back is not None} == {
        epoch: epoch - 12 for epoch in range(22, 50, 2)
    }
    assert epoch_to_return([1.0] * 25, PROGRAM) is None
    # Means of 5 that grow by exactly the factor do not stop the search.
    assert epoch_to_return([1.0] * 7 + [1.0] * 4 + [1.0 + 5 * 0.3], PROGRAM) is None
    assert epoch_to_return([1.0] * 7 + [1.0] * 4 + [1.1 + 5 * 0.3], PROGRAM) == 10


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_search_stops_and_returns_the_earlier_genotype(interrupted, tmp_path, monkeypatch):
    values = [1.0, 1.1, 1.0, 9.0, 9.0, 9.0]
    rule = {"every": 1, "window": 1, "distance": 2, "first": 0, "factor": 2.0}
    settings = settings_of("darts_es", epochs=6, early_stopping=rule)
    monkeypatch.setattr(MeasuredTask, "_eigenvalue", lambda _task, epoch: values[epoch])
    found = darts_es.search(made_up_data(8, 8), settings, seed=1, loop=EpochLoop())
    assert [row["eigenvalue"] for row in found.history] == values[:4]
    assert found.genotype == Genotype.from_dict(json.loads(found.history[1]["genotype"]))
    if interrupted:  # a search that has stopped stays stopped when it is resumed
        loop = EpochLoop(Checkpoint(tmp_path / "checkpoint", "same"))
        for _ in range(2):
            again = darts_es.search(made_up_data(8, 8), settings, seed=1, loop=loop)
            assert timeless(again.history) == timeless(found.history)
            assert again.genotype == found.genotype


def test_the_last_epoch_decides_nothing(monkeypatch):
    rule = {"every": 1, "window": 1, "distance": 1, "first": 0, "factor": 2.0}
    settings = settings_of("darts_es", epochs=2, early_stopping=rule)
    monkeypatch.setattr(MeasuredTask, "_eigenvalue", lambda _task, epoch: 1.0 + 9 * epoch)
    found = darts_es.search(made_up_data(8, 8), settings, seed=1, loop=EpochLoop())
    assert found.genotype == Genotype.from_dict(json.loads(found.history[1]["genotype"]))
