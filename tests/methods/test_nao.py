"""NAO on images and networks small enough for seconds."""

import json

import pytest
import torch
from pydantic import ValidationError
from torch.nn.modules.module import register_module_forward_hook

from controller_toys import nao_settings, stop_at
from fixtures_wiring import VECTORS
from gradient_toys import made_up_data
from naseval import records, schemas
from naseval.errors import Interrupted
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods.nao import search as nao
from naseval.methods.nao.codec import CodecFit
from naseval.methods.nao.search import search
from naseval.methods.nao.supernet import NaoSupernet
from naseval.spaces.enas.space import OPERATIONS
from naseval.spaces.nao.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from training_toy import timeless

STAGES = [1, 1, 2, 3, 4, 4, 5]
"""Train twice, evaluate, fit; train twice, evaluate."""


@pytest.fixture(scope="module")
def result():
    return search(made_up_data(), nao_settings(), seed=1, loop=EpochLoop())


def test_a_search_returns_a_cell_of_the_space_and_a_full_history(result):
    assert get_method("nao").search is search
    SPACE.validate(result.genotype)
    assert set(result.genotype.normal.operations) <= set(OPERATIONS)
    history = records.table(schemas.HISTORY, result.history)
    assert history["stage"].to_pylist() == STAGES
    assert history["epoch"].to_pylist() == [1, 2, 1, 1, 1, 2, 1]
    last = result.history[-1]
    assert Genotype.from_dict(json.loads(last["genotype"])) == result.genotype
    trained = [row for row in result.history if row["stage"] in (1, 4)]
    rates = [row["learning_rate"] for row in trained]
    assert rates == pytest.approx([0.025, 0.021485, 0.013, 0.004515], abs=1e-6)
    for row in result.history:
        for name in ("train_accuracy", "validation_accuracy"):
            assert 0 <= row.get(name, 0) <= 100


def test_a_seed_is_a_search(result):
    torch.rand(3)
    again = search(made_up_data(), nao_settings(), seed=1, loop=EpochLoop())
    other = search(made_up_data(), nao_settings(), seed=2, loop=EpochLoop())
    assert timeless(again.history) == timeless(result.history)
    assert other.history[0]["train_loss"] != result.history[0]["train_loss"]


PLACES = [
    (nao.SupernetTraining, (0, 1)),
    (nao.SupernetTraining, (1, 1)),
    (nao.PoolEvaluation, (0, 3)),
    (CodecFit, (0, 4)),
    (nao.SupernetTraining, (1, 0)),
    (nao.PoolEvaluation, (0, 3)),
]


def test_a_search_stopped_in_every_stage_resumes_bit_by_bit(result, tmp_path, monkeypatch):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")

    def run():
        torch.rand(5)
        return search(made_up_data(), nao_settings(), seed=1, loop=EpochLoop(checkpoint))

    for number, (task, place) in enumerate(PLACES):
        with monkeypatch.context() as patch, pytest.raises(Interrupted):
            stop_at(patch, task, place)
            run()
        assert EpochLoop(checkpoint).saved_stage().stage == [1, 1, 2, 3, 4, 5][number]
    resumed = run()
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype
    assert run() == resumed


def stages(**changes):
    """Run a search; return the forward passes of the supernet and the pools of all stages."""
    passes, pools = [], []

    def count(module, _inputs, _output):
        if isinstance(module, NaoSupernet):
            passes.append((module.training, torch.is_grad_enabled()))

    class NotingLoop(EpochLoop):
        def run(self, task, **options):
            pools.append(options["carried_state"])
            return super().run(task, **options)

    hook = register_module_forward_hook(count)
    try:
        found = search(made_up_data(), nao_settings(**changes), seed=1, loop=NotingLoop())
    finally:
        hook.remove()
    return found, passes, pools


def test_the_pool_grows_and_is_ranked():
    found, passes, pools = stages()
    sizes = [len(pool["architectures"]) for pool in pools]
    assert sizes[:3] == [6, 6, 6]
    assert 6 + 2 <= sizes[3] == sizes[4] <= 6 + 4 + 2
    assert pools[2]["scores"] == sorted(pools[2]["scores"], reverse=True)
    assert sorted(pools[2]["architectures"]) == sorted(pools[1]["architectures"])
    assert pools[3]["architectures"][:6] == pools[2]["architectures"]
    architectures = [tuple(a) for a in pools[3]["architectures"]]
    assert len(set(architectures)) == len(architectures)
    assert passes.count((True, True)) == 4 * 2  # epochs x batches
    assert passes.count((False, False)) == sizes[1] + sizes[4]
    assert len(passes) == 8 + sizes[1] + sizes[4]
    SPACE.validate(found.genotype)


def test_no_more_are_added_than_asked_for():
    _, _, pools = stages(new_per_round=1, random_per_round=0)
    assert len(pools[3]["architectures"]) == 7


def test_evaluation_batches_are_averaged():
    _, passes, _ = stages(epochs=2, evaluation_batches=2)
    assert passes.count((False, False)) == 6 * 2


def test_sampling_weights_are_the_sizes_of_networks_of_their_own():
    entry = next(e for e in VECTORS["nao"]["supernet"] if e["name"] == "loose_input")
    integers = VECTORS["nao"]["genotypes"]["loose_input"]["integers"]
    architecture = tuple(integers["normal"] + integers["reduce"])
    changes = {"cells": entry["cells"], "channels": entry["init_channels"]}
    for sampling, expected in (
        ("parameters", entry["params_child_standalone_same_size"]),
        ("uniform", 1),
    ):
        stages = nao.NaoStages.__new__(nao.NaoStages)  # without the supernet, large as it is
        stages.data = made_up_data(classes=10)
        stages.settings = nao_settings(sampling=sampling, **changes)
        assert stages.sampling_weight(architecture) == expected


def test_architectures_are_drawn_by_their_sampling_weights(monkeypatch):
    stages = nao.NaoStages(made_up_data(), nao_settings(), 1, EpochLoop())
    pool = nao.Pool(stages.initial_pool().architectures[:2], (1000, 9000))
    task, drawn = nao.SupernetTraining(stages, 1, pool), []
    original = nao.Pool.genotype
    monkeypatch.setattr(
        nao.Pool, "genotype", lambda self, index: (drawn.append(index), original(self, index))[1]
    )
    torch.manual_seed(0)
    task.begin(0)
    for _ in range(60):
        task.step(0, 0)
    assert sum(drawn) / 60 == pytest.approx(0.9, abs=0.12)


def test_drop_path_ramps_over_all_rounds(monkeypatch):
    found = []
    original = NaoSupernet.set_drop_path
    monkeypatch.setattr(
        NaoSupernet, "set_drop_path", lambda self, p: (found.append(p), original(self, p))[1]
    )
    search(made_up_data(), nao_settings(drop_path=0.4), seed=1, loop=EpochLoop())
    assert found == pytest.approx([0.4 * (step + 1) / 8 for step in range(8)])


def test_every_architecture_has_batches_of_its_own():
    stages = nao.NaoStages(made_up_data(), nao_settings(evaluation_batches=2), 1, EpochLoop())
    pool, seen = stages.initial_pool(), []
    for stage in (2, 5):
        task = nao.PoolEvaluation(stages, stage, pool)
        at = task.batches.at

        def noting(epoch, step, at=at):
            seen.append((epoch, step))
            return at(epoch, step)

        task.batches.at = noting
        task.begin(0)
        for step in range(len(pool)):
            task.step(0, step)
    assert len(seen) == len(set(seen)) == 2 * 2 * len(pool)


def test_rounds_must_be_whole():
    with pytest.raises(ValidationError, match="evaluate_every must divide epochs"):
        nao_settings(epochs=5)
