"""The correlation of operations: against numpy, on a supernet that is known, and drawn."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from gradient_toys import StoppedData, made_up_data
from naseval import records
from naseval.analysis.operation_correlation import SCHEMA, operation_correlation
from naseval.figures import operation_correlation as figure
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.stacnas.operation_correlation import OPERATIONS, correlations, measured
from naseval.methods.stacnas.search import EDGES, stage_task
from naseval.networks.operations import Zero
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from staged_toys import stacnas_settings, stops_until_done

ALIVE = dict.fromkeys(("normal", "reduce"), (OPERATIONS,) * EDGES)
PAIRS = len(OPERATIONS) * (len(OPERATIONS) - 1) // 2


def test_correlations_are_those_of_outputs_centred_pixel_by_pixel():
    task = stage_task(made_up_data(), stacnas_settings(), ALIVE, stage=1, seed=1, kind=Supernet)
    images = torch.randn(12, 3, 8, 8)
    found = measured(task, images.split(5))
    seen = []
    task.network.cells[1].edges[3].register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    task.network.eval()
    with torch.no_grad():
        task.network(images, *task.alphas())
        outputs = [operation(seen[0]) for operation in task.network.cells[1].edges[3].operations]
    flat = np.stack([output.flatten(1).double().numpy() for output in outputs])
    centred = (flat - flat.mean(axis=1, keepdims=True)).reshape(len(OPERATIONS), -1)
    covariance = centred @ centred.T
    expected = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    np.testing.assert_allclose(found[1][3].numpy(), expected, atol=1e-9)
    assert [len(row) for row in found] == [EDGES] * 3


class Rectified(nn.Module):
    """Half of what an identity lets through."""

    def forward(self, x):
        return torch.relu(x)


def test_operations_known_to_be_alike():
    """A copy correlates fully, a part of it in part, and with a constant nothing does."""
    task = stage_task(made_up_data(), stacnas_settings(), ALIVE, stage=1, seed=1, kind=Supernet)
    edge = task.network.cells[0].edges[0]
    for column, operation in enumerate([nn.Identity(), nn.Identity(), Rectified(), Zero(1)]):
        edge.operations[column] = operation
    matrix = measured(task, [torch.randn(16, 3, 8, 8)])[0][0]
    assert matrix[0, 1].item() == pytest.approx(1, abs=1e-9)
    assert 0.5 < matrix[0, 2] < 0.99
    assert matrix[3].isnan().all() and matrix[:, 3].isnan().all()
    assert matrix.diagonal().nansum().item() == pytest.approx(6)


@pytest.fixture(scope="module")
def rows():
    settings = stacnas_settings(one_level_data="train_half")
    return correlations(made_up_data(), settings, seed=1, loop=EpochLoop(), images=10)


def test_rows_of_every_edge_and_pair(rows):
    table = records.table(SCHEMA, rows).to_pandas()
    assert len(table) == 3 * EDGES * PAIRS
    assert table["correlation"].abs().max() <= 1 + 1e-6
    grouped = table.loc[table["grouped"], ["one", "other"]].drop_duplicates()
    assert set(map(tuple, grouped.to_numpy())) == {
        ("max_pool_3x3", "avg_pool_3x3"),
        ("sep_conv_3x3", "sep_conv_5x5"),
        ("dil_conv_3x3", "dil_conv_5x5"),
    }
    assert (table["kind"] == "normal").sum() == EDGES * PAIRS


def test_a_measurement_stopped_while_training_resumes_to_the_same(rows, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    settings = stacnas_settings(one_level_data="train_half")
    data = made_up_data(kind=StoppedData)
    resumed, stops = stops_until_done(
        lambda: correlations(data, settings, seed=1, loop=EpochLoop(checkpoint), images=10)
    )
    assert len(stops) == 1
    pd.testing.assert_frame_equal(*map(pd.DataFrame, (resumed, rows)), check_exact=True)


def test_means_over_edges_and_what_is_drawn():
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    table = pd.DataFrame(
        [
            {"cell": cell, "kind": "normal", "edge": 0, "one": one, "other": other}
            | {"grouped": {one, other} == {"a", "b"}, "correlation": value}
            for cell, values in enumerate([(0.9, 0.1, 0.3), (0.7, -0.1, np.nan)])
            for (one, other), value in zip(pairs, values, strict=True)
        ]
    )
    data, sentence = operation_correlation(table)
    assert data["correlation"].tolist() == pytest.approx([0.8, 0.0, 0.3])
    assert data["n"].tolist() == [2, 2, 1]
    assert "0.80 within" in sentence and "0.15 between" in sentence
    drawing = figure.draw(table)
    panel = drawing.figure.axes[0]
    shown = np.asarray(panel.images[0].get_array())
    np.testing.assert_allclose(shown, [[1, 0.8, 0], [0.8, 1, 0.3], [0, 0.3, 1]])
    framed = sorted(patch.get_xy() for patch in panel.patches)
    assert framed == [(-0.5, 0.5), (0.5, -0.5)]
    assert sentence in drawing.caption
