"""P-DARTS on images and operations small enough for seconds, and its cell against vectors."""

import json
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError
from scipy.special import softmax

from fixtures_networks import VECTORS
from gradient_toys import StoppedData, made_up_data
from naseval import records, schemas
from naseval.genotype import Cell, Genotype
from naseval.methods import get_method
from naseval.methods.pdarts import search as pdarts
from naseval.methods.pdarts.search import (
    PdartsTask,
    derived,
    few_skips_cell,
    ordered_cell,
    search,
    skip_dropout,
    survivors,
)
from naseval.methods.pdarts.skip_dropout import (
    SkipDropout,
    draw_masks,
    set_skip_dropout,
    with_skip_dropout,
)
from naseval.networks.cost import parameters
from naseval.networks.operations import OPERATIONS, FactorizedReduce
from naseval.spaces.pdarts.space import SPACE, skips
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from staged_toys import (
    EDGES,
    alphas_of,
    pdarts_settings,
    stops_until_done,
    training_passes,
)
from training_toy import timeless

PIPELINE = VECTORS["discretisation"]["pdarts_pipeline"]
SIZES = VECTORS["search_supernets"]["PDARTS_cifar"]
EVERYTHING = dict.fromkeys(("normal", "reduce"), (SPACE.operations,) * EDGES)


def cell(flat):
    pairs = [flat[i : i + 2] for i in range(0, 8, 2)]
    return Cell.of(pairs, (2, 3, 4, 5))


def strengths(case, stage, alive):
    """Return the alphas of the vectors' rule for the operations alive."""

    def alpha(edge, name, shift):
        k = SPACE.operations.index(name)
        wave = 1.2 * np.sin(0.4 + 1.9 * edge + 2.7 * k + case["s0"] + 0.6 * stage + shift)
        return wave + case["bias"] * (name == "skip_connect")

    return alphas_of(
        *(
            [[alpha(edge, name, shift) for name in names] for edge, names in enumerate(alive[kind])]
            for kind, shift in (("normal", 0.0), ("reduce", 1.0))
        )
    )


def pipeline(case):
    """Return the alphas of the last stage, and the operations alive after each stage."""
    alive = [EVERYTHING]
    for stage, dropped in enumerate((3, 2)):
        alive.append(survivors(strengths(case, stage, alive[-1]), alive[-1], dropped))
    return strengths(case, 2, alive[-1]), alive


@pytest.mark.parametrize("name", ["A", "B"])
def test_operations_alive_stage_by_stage(name):
    case = PIPELINE[name]
    _, alive = pipeline(case)
    for found, expected in zip(alive[1:], case["stages"][:2], strict=True):
        for kind in ("normal", "reduce"):
            assert [list(names) for names in found[kind]] == expected[f"{kind}_ops"]


@pytest.mark.parametrize(("name", "limit"), list(product("AB", range(9))))
def test_cells_of_every_skip_limit(name, limit):
    case = PIPELINE[name]
    alphas, alive = pipeline(case)
    expected = case["result"]["by_max_skip"][str(limit)]
    probabilities = softmax(alphas.tables()[0], axis=1)
    before = probabilities.copy()
    found = few_skips_cell(probabilities, alive[-1]["normal"], limit)
    assert found == cell(expected["normal"])
    assert skips(found) == expected["n_skip"]
    assert (probabilities == before).all()
    genotype = derived(alphas, alive[-1], limit)
    assert genotype.normal == found
    assert genotype.reduce == cell(case["result"]["unrestricted"]["reduce"])


@pytest.mark.parametrize("name", ["A", "B"])
def test_unrestricted_cells_and_the_operations_of_their_edges(name):
    case = PIPELINE[name]
    alphas, alive = pipeline(case)
    tables = dict(zip(("normal", "reduce"), alphas.tables(), strict=True))
    for kind, table in tables.items():
        found = ordered_cell(softmax(table, axis=1), alive[-1][kind])
        assert found == cell(case["result"]["unrestricted"][kind])
        for node, edges in enumerate(found.nodes):
            for operation, source in edges:
                row = sum(range(2, 2 + node)) + source
                assert case["stages"][2][f"{kind}_ops"][row] == [operation]
    assert case["result"]["skips"] == skips(
        ordered_cell(softmax(tables["normal"], axis=1), alive[-1]["normal"])
    )


EDGE = st.sampled_from(
    [("none", "skip_connect", "a"), ("skip_connect", "a", "b"), ("none", "a", "b")]
)
ALIVE = st.lists(EDGE, min_size=EDGES, max_size=EDGES)


@given(arrays(np.float64, (EDGES, 3), elements=st.floats(-900, 900)), ALIVE, st.integers(0, 8))
def test_skips_are_limited_and_little_else_changes(alphas, alive, limit):
    probabilities = softmax(alphas, axis=1)  # which may underflow to 0
    free = ordered_cell(probabilities, alive)
    found = few_skips_cell(probabilities, alive, limit)
    assert skips(found) <= limit
    assert found == free or skips(free) > limit
    assert "none" not in found.operations
    for node, edges in enumerate(found.nodes):
        first, second = (source for _, source in edges)
        assert 0 <= first < second < node + 2


@pytest.mark.parametrize("rate", [0.4, 0.7])
def test_skip_dropout_schedule(rate):
    expected = VECTORS["schedules"][f"pdarts_skip_dropout_E25_warm10_rate{rate}"]
    for epoch, value in expected.items():
        found = skip_dropout(int(epoch), 25, rate=rate, warm_up=10, decay=0.2)
        assert found == pytest.approx(value, rel=1e-12)


def test_dropout_stands_on_the_stride_1_skip_only():
    table = with_skip_dropout(OPERATIONS)
    assert isinstance(table["skip_connect"](4, 2, False), FactorizedReduce)
    assert {name: build for name, build in table.items() if name != "skip_connect"} == {
        name: build for name, build in OPERATIONS.items() if name != "skip_connect"
    }
    skip = table["skip_connect"](4, 1, False)
    x = torch.ones(2, 4, 8, 8)
    assert torch.equal(skip(x), x)
    set_skip_dropout([skip], 0.5)
    thinned = skip(x)
    # Element by element: neither whole samples nor whole channels are lost.
    assert set(thinned.unique().tolist()) == {0.0, 2.0}
    assert all(set(channel.unique().tolist()) == {0.0, 2.0} for channel in thinned.flatten(0, 1))
    assert torch.equal(skip.eval()(x), x)


def test_masks_belong_to_the_edge_and_differ_between_passes():
    table = with_skip_dropout(OPERATIONS)
    skips = [table["skip_connect"](4, 1, False) for _ in range(3)]
    set_skip_dropout(skips, 0.5)
    x = torch.ones(2, 4, 8, 8)
    torch.manual_seed(1)
    draw_masks(skips)
    masks = [skip(x) for skip in skips]
    assert not any(torch.equal(masks[0], mask) for mask in masks[1:])
    assert all(
        torch.equal(skip(x), mask) for skip, mask in zip(skips[::-1], masks[::-1], strict=True)
    )
    draw_masks(skips)
    assert not any(torch.equal(skip(x), mask) for skip, mask in zip(skips, masks, strict=True))
    torch.manual_seed(1)
    draw_masks(skips)
    assert all(torch.equal(skip(x), mask) for skip, mask in zip(skips, masks, strict=True))
    set_skip_dropout(skips, 1.0)
    assert not any(skip(x).any() for skip in skips)


def dropouts(task):
    return [module for module in task.network.modules() if isinstance(module, SkipDropout)]


def test_each_epoch_sets_the_dropout_of_its_stage():
    settings = pdarts_settings(epochs=25, warm_up=10)
    alive = dict.fromkeys(EVERYTHING, (("none", "skip_connect", "sep_conv_3x3"),) * EDGES)
    without, task = (PdartsTask(made_up_data(), settings, alive, stage, seed=1) for stage in (1, 3))
    assert dropouts(without) == []
    reduction = sum(source < 2 for node in range(4) for source in range(2 + node))
    assert len(dropouts(task)) == 4 * EDGES - 2 * reduction
    expected = VECTORS["schedules"]["pdarts_skip_dropout_E25_warm10_rate0.7"]
    for epoch, value in expected.items():
        task.begin(int(epoch))
        (found,) = {module.p for module in dropouts(task)}
        assert found == pytest.approx(value, rel=1e-12)


def test_dropout_is_active_in_steps_of_either_kind():
    settings = pdarts_settings(batch_size=16, warm_up=0)
    alive = dict.fromkeys(EVERYTHING, (("none", "skip_connect", "sep_conv_3x3"),) * EDGES)
    task = PdartsTask(made_up_data(), settings, alive, 3, seed=1)
    task.begin(0)
    training = []
    dropouts(task)[0].register_forward_hook(lambda module, *_: training.append(module.training))
    task.step(0, 0)
    assert training == [True, True]


PAPER = {"channels": 16, "cells": (5, 11, 17)}
STAGES = {
    1: ("stage1_L5_cls10_8ops", SPACE.operations),
    2: (
        "stage2_L11_cls10_none+max3+skip+sep3+dil3_all_edges",
        ("none", "max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3"),
    ),
    3: (
        "stage3_L17_cls10_skip+sep3+dil5_all_edges",
        ("skip_connect", "sep_conv_3x3", "dil_conv_5x5"),
    ),
}


@pytest.mark.parametrize("stage", STAGES)
def test_sizes_of_the_stages(stage):
    key, names = STAGES[stage]
    alive = {"normal": (names,) * EDGES, "reduce": (names,) * EDGES}
    task = PdartsTask(made_up_data(classes=10), pdarts_settings(**PAPER), alive, stage, seed=1)
    assert parameters(task.network, True) == SIZES[key]["weights"]
    assert sum(alpha.numel() for alpha in task.alphas.parameters()) == SIZES[key]["alphas"]


@pytest.fixture(scope="module")
def result():
    return search(made_up_data(), pdarts_settings(), seed=1, loop=EpochLoop())


def test_a_search_returns_a_cell_of_the_space_and_a_full_history(result):
    assert get_method("pdarts").search is search
    SPACE.validate(result.genotype)
    history = records.table(schemas.HISTORY, result.history)
    absent = ["flops", "front", "eigenvalue"]
    assert not any(column.null_count for column in history.drop(absent).columns)
    places = list(zip(history["stage"].to_pylist(), history["epoch"].to_pylist(), strict=True))
    assert places == list(product((1, 2, 3), (1, 2)))
    assert [row["learning_rate"] for row in result.history] == [0.025, pytest.approx(0.0125)] * 3
    entropies = [row["entropy"] for row in result.history]
    assert np.allclose(entropies, np.repeat(np.log([8, 5, 3]), 2), atol=1e-4)
    for row in result.history:
        SPACE.validate(Genotype.from_dict(json.loads(row["genotype"])))
    last = Genotype.from_dict(json.loads(result.history[-1]["genotype"]))
    assert last == result.genotype


def test_a_seed_is_a_search(result):
    again = search(made_up_data(), pdarts_settings(), seed=1, loop=EpochLoop())
    assert timeless(again.history) == timeless(result.history)
    one = {"cells": (3,), "dropped": (), "skip_dropout": (0.0,), "epochs": 1, "warm_up": 0}
    other = search(made_up_data(), pdarts_settings(**one), seed=2, loop=EpochLoop())
    assert other.history[0]["train_loss"] != result.history[0]["train_loss"]


def test_a_search_stopped_within_every_stage_resumes_to_the_same_result(result, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    data = made_up_data(kind=StoppedData)
    resumed, stops = stops_until_done(
        lambda: search(data, pdarts_settings(), seed=1, loop=EpochLoop(checkpoint))
    )
    assert stops == ["interrupted in epoch 2, after step 1 of 2; run again to resume"] * 3
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype


def test_a_search_killed_between_stages_goes_on_with_the_next(result, tmp_path, monkeypatch):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    begun = []

    class Killed(PdartsTask):
        def __init__(self, data, settings, alive, stage, seed):
            if stage == 2:
                raise KeyboardInterrupt
            super().__init__(data, settings, alive, stage, seed)

    class Watched(PdartsTask):
        def begin(self, epoch):
            begun.append((self.stage, epoch))
            super().begin(epoch)

    monkeypatch.setattr(pdarts, "PdartsTask", Killed)
    with pytest.raises(KeyboardInterrupt):
        search(made_up_data(), pdarts_settings(), seed=1, loop=EpochLoop(checkpoint))
    monkeypatch.setattr(pdarts, "PdartsTask", Watched)
    resumed = search(made_up_data(), pdarts_settings(), seed=1, loop=EpochLoop(checkpoint))
    assert begun == list(product((2, 3), (0, 1)))
    assert timeless(resumed.history) == timeless(result.history)


def test_weights_learn_alone_in_the_warm_up():
    """One pass per step in the first epoch of each stage, two in the second."""
    settings = pdarts_settings()
    assert training_passes(
        lambda: search(made_up_data(8, 8), settings, seed=1, loop=EpochLoop())
    ) == 3 * (1 + 2)
    task = PdartsTask(made_up_data(), settings, EVERYTHING, 1, seed=1)
    before = task.alphas.tables()[0]
    moved = []
    for epoch in (0, 1):
        task.begin(epoch)
        task.step(epoch, 0)
        moved.append(not np.array_equal(task.alphas.tables()[0], before))
    assert moved == [False, True]


def test_the_gradient_of_both_tables_is_clipped_together():
    settings = pdarts_settings(warm_up=0, architecture={"gradient_clip": 1e-3})
    task = PdartsTask(made_up_data(), settings, EVERYTHING, 1, seed=1)
    task.begin(0)
    task.step(0, 0)
    slopes = torch.cat([alpha.grad.flatten() for alpha in task.alphas.parameters()])
    assert slopes.norm().item() == pytest.approx(1e-3, rel=1e-3)


def test_the_cutout_is_that_of_both_parts():
    plain, cut = (
        PdartsTask(made_up_data(), pdarts_settings(cutout=size), EVERYTHING, 1, seed=1)
        for size in (0, 4)
    )
    for part in ("training", "validation"):
        images = [getattr(task, part).at(0, 0)[0] for task in (plain, cut)]
        assert not torch.equal(*images)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cells": (3, 3)}, "skip_dropout must have 2 entries and dropped 1"),
        ({"dropped": (3,)}, "dropped 2"),
        ({"dropped": (3, 3)}, "must leave 3 of the 8"),
        ({"most_skips": 3}, "most_skips"),
    ],
)
def test_settings_that_do_not_fit_together(changes, message):
    with pytest.raises(ValidationError, match=message):
        pdarts_settings(**changes)
