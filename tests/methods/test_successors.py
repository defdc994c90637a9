"""What PC-DARTS, SDARTS-RS, DARTS- and DARTS-ES have in common: whole searches, cells, budget."""

import json

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from gradient_toys import StoppedData, made_up_data
from naseval import records, schemas
from naseval.budget.counting import search_size
from naseval.errors import Interrupted
from naseval.genotype import Cell, Genotype
from naseval.methods import get_method
from naseval.methods._gradient.alphas import Alphas, node_edges, probable_genotype
from naseval.methods._gradient.darts_edges import ALL, EDGES, ON_EVERY_EDGE
from naseval.methods.darts_es import search as darts_es
from naseval.randomness import stream
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from successor_toys import OWN, settings_of
from training_toy import timeless

COLUMNS = {"pcdarts": 8, "sdarts_rs": 7, "darts_minus": 8, "darts_es": 8}


@pytest.mark.parametrize("method", OWN)
def test_a_search_stopped_within_an_epoch_resumes_to_the_same_result(method, tmp_path):
    search, settings = get_method(method).search, settings_of(method)
    whole = search(made_up_data(), settings, seed=1, loop=EpochLoop())
    SPACE.validate(whole.genotype)
    history = records.table(schemas.HISTORY, whole.history)
    left_out = ["flops", "front", *([] if method == "darts_es" else ["eigenvalue"])]
    assert not any(column.null_count for column in history.drop(left_out).columns)
    assert whole.history[-1]["entropy"] == pytest.approx(np.log(COLUMNS[method]), abs=1e-3)
    last = Genotype.from_dict(json.loads(whole.history[-1]["genotype"]))
    assert last == whole.genotype
    loop = EpochLoop(Checkpoint(tmp_path / "checkpoint", "same"))
    with pytest.raises(Interrupted, match="epoch 2, after step 1 of"):
        search(made_up_data(kind=StoppedData), settings, seed=1, loop=loop)
    torch.rand(5)
    resumed = search(made_up_data(), settings, seed=1, loop=loop)
    assert timeless(resumed.history) == timeless(whole.history)
    assert resumed.genotype == whole.genotype


@pytest.mark.parametrize("method", OWN)
def test_the_budget_counts_a_search(method, monkeypatch):
    sizes = {"train": 16, "validation": 16}
    if method == "darts_es":  # a few products in place of a measurement
        monkeypatch.setattr(darts_es, "dominant_eigenvalue", two_products)
    counted = search_size(method, settings_of(method), made_up_data().dataset, sizes)
    longer = search_size(method, settings_of(method, epochs=4), made_up_data().dataset, sizes)
    assert (counted.rows, longer.rows) == (2, 4)
    assert longer.work.flops > 1.5 * counted.work.flops > 0
    assert counted.checkpoint > 0


def two_products(loss, alphas):
    slopes = torch.autograd.grad(loss, alphas, create_graph=True, materialize_grads=True)
    slope = torch.cat([each.flatten() for each in slopes])
    for _ in range(2):
        torch.autograd.grad(slope, alphas, slope, retain_graph=True, materialize_grads=True)
    return 0.0


def drawn_alphas(rng, grid):
    """Return alphas that are multiples of 1 / `grid`, so that some are equal; None: any."""
    alphas = Alphas(stream(0), EDGES, len(ALL)).double()
    with torch.no_grad():
        for alpha in alphas.parameters():
            values = rng.standard_normal(alpha.shape)
            alpha.copy_(torch.tensor(np.round(values * grid) / grid if grid else values))
    return alphas


def cell_by_hand(probabilities):
    """Return the cell of a table of probabilities: the first of equal ones counts."""
    nodes = []
    for rows in node_edges(EDGES):
        best = []
        for source, row in enumerate(probabilities[rows.start : rows.stop]):
            column = max(range(1, len(ALL)), key=lambda k: (row[k], -k))
            best.append((-row[column], source, ALL[column]))
        nodes.append([(name, source) for _, source, name in sorted(best)[:2]])
    return Cell.of(nodes, (2, 3, 4, 5))


@pytest.mark.parametrize("grid", [None, 1, 2])
def test_cells_are_those_of_the_largest_probabilities(grid):
    rng = stream("alphas of cells", str(grid))
    for _ in range(30):
        alphas = drawn_alphas(rng, grid)
        found = probable_genotype(alphas, ON_EVERY_EDGE, "darts")
        normal, reduce = (table.detach().numpy() for table in alphas.probabilities())
        assert (found.normal, found.reduce) == (cell_by_hand(normal), cell_by_hand(reduce))


@pytest.mark.parametrize(
    ("method", "changes", "told"),
    [
        ("pcdarts", {"channels": 6, "parts": 4}, "channels is 6, which does not divide into 4"),
        ("pcdarts", {"warm_up": 2}, "warm_up is 2 of 2 epochs"),
        ("sdarts_rs", {"perturbation": {"start": 0.1, "end": 1.5}}, "perturbation.end"),
        ("darts_minus", {"beta": -1}, "beta"),
        ("darts_es", {"order": 2, "precision": "tf32"}, "set precision to float32"),
    ],
)
def test_settings_that_cannot_be(method, changes, told):
    with pytest.raises(ValidationError, match=told):
        settings_of(method, **changes)
