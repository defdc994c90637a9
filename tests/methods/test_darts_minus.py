"""DARTS-: an auxiliary skip connection that fades."""

import pytest
import torch

from gradient_toys import made_up_data
from naseval.methods._gradient.darts_edges import ALL
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.darts_minus.search import FadingTask
from naseval.networks.operations import FactorizedReduce
from successor_toys import settings_of


def test_beta_falls_linearly_and_is_the_last_column():
    task = FadingTask(made_up_data(8, 8), settings_of("darts_minus", epochs=50), 1)
    for epoch, beta in ((0, 1.0), (10, 0.8), (49, 0.02)):
        task.begin(epoch)
        normal, reduce = task.alphas()
        assert normal.shape == reduce.shape == (14, len(ALL) + 1)
        assert normal[:, -1].tolist() == reduce[:, -1].tolist() == pytest.approx([beta] * 14)
        assert torch.equal(normal[:, :-1], task.alphas.probabilities()[0])


def test_an_edge_is_its_operations_and_beta_times_a_skip():
    task = FadingTask(made_up_data(8, 8), settings_of("darts_minus", cells=3), 1, kind=Supernet)
    task.begin(0)
    normal, reduction = task.network.cells[0], task.network.cells[1]
    x = torch.rand(2, 4, 8, 8)
    edge, row = normal.edges[0], task.alphas()[0][0]
    operations = list(edge.operations)
    parts = [operation(x) for operation in operations[: len(ALL)]]
    expected = sum(w * part for w, part in zip(row[:-1], parts, strict=True)) + 1.0 * x
    torch.testing.assert_close(edge(x, row), expected)
    own = dict(zip(reduction.edges[0].names, reduction.edges[0].operations, strict=True))
    auxiliary = reduction.edges[0].operations[-1]
    assert isinstance(auxiliary, FactorizedReduce)
    candidate = reduction.edges[0].operations[ALL.index("skip_connect")]
    assert isinstance(candidate, FactorizedReduce) and candidate is not own["skip_connect"]
    assert not torch.equal(candidate.even.weight, auxiliary.even.weight)


def test_the_auxiliary_skip_takes_no_share_of_the_others():
    task = FadingTask(made_up_data(8, 8), settings_of("darts_minus"), 1)
    task.begin(0)
    assert task.alphas()[0][:, :-1].sum(1).tolist() == pytest.approx([1.0] * 14)
    assert task.alphas.tables()[0].shape == (14, len(ALL))
