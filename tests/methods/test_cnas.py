"""CNAS on images and operations small enough for seconds."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from torch.nn.modules.module import register_module_forward_hook

from cnas_toys import cnas_settings
from gradient_toys import StoppedData, made_up_data
from naseval import records, schemas
from naseval.data.batches import Batches
from naseval.errors import Interrupted
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods._gradient.alphas import Alphas
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.cnas.search import derived, search
from naseval.randomness import stream
from naseval.spaces.cnas.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from training_toy import timeless


@pytest.fixture(scope="module")
def result():
    return search(made_up_data(), cnas_settings(), seed=1, loop=EpochLoop())


def test_a_search_returns_a_cell_of_the_space_and_a_full_history(result):
    assert get_method("cnas").search is search
    SPACE.validate(result.genotype)
    history = records.table(schemas.HISTORY, result.history)
    assert history["epoch"].to_pylist() == [1, 2]
    last = result.history[-1]
    assert Genotype.from_dict(json.loads(last["genotype"])) == result.genotype
    assert last["entropy"] == pytest.approx(np.log(8), abs=1e-4)
    assert [row["learning_rate"] for row in result.history] == [0.025, pytest.approx(0.014)]
    assert all(0 <= row["validation_accuracy"] <= 100 for row in result.history)
    assert all(row["train_loss"] > 0 and row["peak_memory"] > 0 for row in result.history)


def test_a_seed_is_a_search(result):
    again = search(made_up_data(), cnas_settings(), seed=1, loop=EpochLoop())
    other = search(made_up_data(), cnas_settings(epochs=1), seed=2, loop=EpochLoop())
    assert timeless(again.history) == timeless(result.history)
    assert other.history[0]["train_loss"] != result.history[0]["train_loss"]


def test_a_search_stopped_within_an_epoch_resumes_to_the_same_result(result, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    with pytest.raises(Interrupted, match="epoch 2, after step 1 of 2"):
        search(made_up_data(kind=StoppedData), cnas_settings(), seed=1, loop=EpochLoop(checkpoint))
    torch.rand(5)
    resumed = search(made_up_data(), cnas_settings(), seed=1, loop=EpochLoop(checkpoint))
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype


def test_two_passes_per_step():
    training = []

    def count(module, _inputs, _output):
        if isinstance(module, Supernet) and module.training:
            training.append(module)

    hook = register_module_forward_hook(count)
    try:
        search(made_up_data(), cnas_settings(epochs=1), seed=1, loop=EpochLoop())
    finally:
        hook.remove()
    assert len(training) == 2 * 2


def test_each_alpha_step_draws_from_the_whole_validation_half(monkeypatch):
    seen = []
    original = Batches.at

    def at(self, epoch, step):
        batch = original(self, epoch, step)
        if self._order.purpose == "search validation" and self._order.shuffle:
            seen.append(((epoch, step), self._order.at(epoch, step).samples.tolist()))
        return batch

    monkeypatch.setattr(Batches, "at", at)
    search(made_up_data(), cnas_settings(epochs=2), seed=1, loop=EpochLoop())
    assert [place for place, _ in seen] == [(0, 0), (1, 0), (2, 0), (3, 0)]
    assert len({tuple(samples) for _, samples in seen}) == 4
    # A walk through the half would never repeat an image within an epoch of two batches.
    assert any(set(seen[i][1]) & set(seen[i + 1][1]) for i in (0, 2))


def test_the_cutout_is_that_of_both_parts(monkeypatch):
    made = []
    original = Batches.__init__

    def init(self, images, **options):
        made.append((options["purpose"], options["shuffle"], options["transform"].cutout))
        original(self, images, **options)

    monkeypatch.setattr(Batches, "__init__", init)
    search(made_up_data(), cnas_settings(epochs=1, cutout=4), seed=1, loop=EpochLoop())
    assert {("search train", True, 4), ("search validation", True, 4)} <= set(made)
    assert ("search validation", False, 0) in made


@given(arrays(np.float32, (2, 27, 8), elements=st.floats(-3, 3, width=32)))
def test_the_derived_cell_keeps_the_edges_of_largest_probability(values):
    alphas = Alphas(stream(0, "alphas"), 27, 8)
    with torch.no_grad():
        alphas.normal.copy_(torch.from_numpy(values[0]))
        alphas.reduce.copy_(torch.from_numpy(values[1]))
    found = derived(alphas)
    SPACE.validate(found)
    for cell, table in ((found.normal, values[0]), (found.reduce, values[1])):
        probability = softmax(table.astype(np.float64), axis=1)[:, 1:]
        for node, edges in enumerate(cell.nodes):
            start = sum(range(2, 2 + node))
            rows = probability[start : start + 2 + node]
            strengths = [rows[source].max() for _, source in edges]
            assert strengths == sorted(rows.max(axis=1), reverse=True)[:2]
            for operation, source in edges:
                assert rows[source, SPACE.operations.index(operation) - 1] == rows[source].max()


def test_a_strong_none_weakens_its_edge():
    alphas = Alphas(stream(0, "alphas"), 27, 8)
    with torch.no_grad():
        alphas.normal.zero_()
        alphas.normal[2:5, 5] = torch.tensor([3.0, 1.0, 2.0])
        alphas.normal[2, 0] = 9.0
    assert [source for _, source in derived(alphas).normal.nodes[1]] == [2, 1]
