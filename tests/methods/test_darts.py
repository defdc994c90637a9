"""DARTS on images and operations small enough for seconds."""

import json

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch.nn.modules.module import register_module_forward_hook

from gradient_toys import StoppedData, darts_settings, made_up_data
from naseval import records, schemas
from naseval.errors import Interrupted
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.darts.search import EDGES, search, with_few_skips
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from training_toy import timeless

SKIP = SPACE.operations.index("skip_connect")


@pytest.fixture(scope="module")
def result():
    return search(made_up_data(), darts_settings(), seed=1, loop=EpochLoop())


def test_a_search_returns_a_cell_of_the_space_and_a_full_history(result):
    assert get_method("darts").search is search
    SPACE.validate(result.genotype)
    history = records.table(schemas.HISTORY, result.history)
    assert history["epoch"].to_pylist() == [1, 2]
    absent = ["flops", "front", "eigenvalue"]
    assert not any(column.null_count for column in history.drop(absent).columns)
    last = result.history[-1]
    assert Genotype.from_dict(json.loads(last["genotype"])) == result.genotype
    assert last["entropy"] == pytest.approx(np.log(8), abs=1e-4)
    assert [row["learning_rate"] for row in result.history] == [0.025, pytest.approx(0.013)]
    assert all(0 <= row["validation_accuracy"] <= 100 for row in result.history)


def test_a_seed_is_a_search(result):
    again = search(made_up_data(), darts_settings(), seed=1, loop=EpochLoop())
    other = search(made_up_data(), darts_settings(epochs=1), seed=2, loop=EpochLoop())
    assert timeless(again.history) == timeless(result.history)
    assert other.history[0]["train_loss"] != result.history[0]["train_loss"]


def test_a_search_stopped_within_an_epoch_resumes_to_the_same_result(result, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    with pytest.raises(Interrupted, match="epoch 2, after step 1 of 2"):
        search(made_up_data(kind=StoppedData), darts_settings(), seed=1, loop=EpochLoop(checkpoint))
    torch.rand(5)
    resumed = search(made_up_data(), darts_settings(), seed=1, loop=EpochLoop(checkpoint))
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype


@pytest.mark.parametrize(("order", "passes"), [(1, 2), (2, 5)])
def test_forward_passes_per_step(order, passes):
    training = []

    def count(module, _inputs, _output):
        if isinstance(module, Supernet) and module.training:
            training.append(module)

    hook = register_module_forward_hook(count)
    try:
        search(made_up_data(8, 8), darts_settings(order=order, epochs=1), seed=1, loop=EpochLoop())
    finally:
        hook.remove()
    assert len(training) == passes


def test_the_order_and_the_legacy_scale_change_the_alphas():
    found = [
        search(
            made_up_data(8, 8), darts_settings(epochs=1, **change), seed=1, loop=EpochLoop()
        ).history
        for change in ({"order": 1}, {"order": 2}, {"order": 2, "legacy_fd_scale": True})
    ]
    assert len({history[0]["entropy"] for history in found}) == 3


def test_fewer_validation_batches_are_used_again():
    data = made_up_data(validation=8)
    history = search(data, darts_settings(epochs=1, order=1), seed=1, loop=EpochLoop()).history
    assert len(history) == 1


def test_bfloat16():
    history = search(
        made_up_data(8, 8),
        darts_settings(epochs=1, order=1, precision="bfloat16"),
        seed=1,
        loop=EpochLoop(),
    ).history
    assert history[0]["train_loss"] == pytest.approx(np.log(2), abs=0.5)


@pytest.mark.parametrize("weights", [{"name": "adam"}, {"nesterov": True}])
def test_order_2_needs_plain_sgd(weights):
    with pytest.raises(ValidationError, match="order"):
        darts_settings(weights=weights)
    darts_settings(weights=weights, order=1)


@pytest.mark.parametrize("precision", ["tf32", "bfloat16"])
def test_order_2_needs_float32(precision):
    with pytest.raises(ValidationError, match="set precision to float32, or order to 1"):
        darts_settings(precision=precision)
    darts_settings(precision=precision, order=1)


def alphas_with_skips(strengths):
    """Return alphas whose first edges prefer skip, so strongly each."""
    alphas = np.tile(np.linspace(-0.5, -0.1, 8), (EDGES, 1))
    alphas[: len(strengths), SKIP] = strengths
    return alphas


def test_release_skip_rule_zeroes_the_weakest_skips():
    alphas = alphas_with_skips([0.3, 0.9, 0.1, 0.5])
    found = with_few_skips(alphas)
    assert found[:4, SKIP].tolist() == [0, 0.9, 0, 0.5]
    found[:4, SKIP] = alphas[:4, SKIP]
    assert (found == alphas).all()
    # All others are negative: a skip of zero still wins its edge.
    assert (with_few_skips(alphas).argmax(1)[:4] == SKIP).all()


def test_release_skip_rule_counts_edges_that_none_does_not_win():
    two = alphas_with_skips([0.3, 0.9])
    assert (with_few_skips(two) == two).all()
    three = alphas_with_skips([0.3, 0.9, 0.1])
    three[0, -1] = 2.0
    assert (with_few_skips(three) == three).all()
