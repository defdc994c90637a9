"""StacNAS on images and operations small enough for seconds, and its cells against vectors."""

import copy
import json
from itertools import chain, product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from fixtures_networks import VECTORS
from gradient_toys import StoppedData, made_up_data
from naseval import records, schemas
from naseval.genotype import Cell, Genotype
from naseval.methods import get_method
from naseval.methods._supernet.supernet import Supernet
from naseval.methods.stacnas.search import (
    GROUPS,
    REPRESENTATIVES,
    derived,
    search,
    stage_task,
    winning_groups,
)
from naseval.networks.cost import parameters
from naseval.networks.operations import FactorizedReduce
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from staged_toys import (
    EDGES,
    alphas_of,
    stacnas_settings,
    stops_until_done,
    training_passes,
)
from training_toy import timeless

SIZES = VECTORS["search_supernets"]["StacNAS_cifar"]
FIRST = dict.fromkeys(("normal", "reduce"), (REPRESENTATIVES,) * EDGES)


def table(columns, s):
    edge, column = np.arange(EDGES)[:, None], np.arange(columns)
    return 1.2 * np.sin(0.4 + 1.9 * edge + 2.7 * column + s)


@pytest.mark.parametrize("kind", ["normal", "reduce"])
@pytest.mark.parametrize("name", ["s0=0", "s0=1"])
def test_groups_and_cells(name, kind):
    case = VECTORS["discretisation"]["stacnas"][name]
    other = np.zeros((EDGES, 5))
    first = table(5, case["s0"])
    groups = winning_groups(alphas_of(*((first, other) if kind == "normal" else (other, first))))
    assert [list(names) for names in groups[kind]] == list(chain(*case["stage1_primitives"]))
    second = table(3, case["s0"] + 0.9)
    found = derived(alphas_of(second, second), groups)
    assert getattr(found, kind) == Cell.of(case["genotype"], (2, 3, 4, 5))


def test_none_cannot_win_an_edge():
    alphas = np.tile([0.0, -1.0, 0.5, 0.1, 9.0], (EDGES, 1))
    groups = winning_groups(alphas_of(alphas, alphas))
    assert set(groups["normal"]) == {GROUPS["sep_conv_3x3"]}


STAGES = {
    "stage1_L14_cls10_5reps": (1, [REPRESENTATIVES] * EDGES),
    "stage2_L20_cls10_edge_e_group_e_mod_4": (
        2,
        [list(GROUPS.values())[edge % 4] for edge in range(EDGES)],
    ),
    **{
        f"stage2_L20_cls10_all_edges_group_{name}": (2, [group] * EDGES)
        for name, group in GROUPS.items()
    },
}


@pytest.mark.parametrize("key", STAGES)
def test_sizes_of_the_stages(key):
    stage, names = STAGES[key]
    settings = stacnas_settings(channels=16, cells=(14, 20))
    alive = {"normal": names, "reduce": names}
    task = stage_task(made_up_data(classes=10), settings, alive, stage, seed=1)
    assert parameters(task.network, True) == SIZES[key]["weights"]
    assert sum(alpha.numel() for alpha in task.alphas.parameters()) == SIZES[key]["alphas"]


def test_the_skip_group_has_two_skips_of_their_own():
    alive = dict.fromkeys(FIRST, (GROUPS["skip_connect"],) * EDGES)
    task = stage_task(made_up_data(), stacnas_settings(), alive, 2, seed=1, kind=Supernet)
    reduction = task.network.cells[task.network.reductions[0]]
    one, other, _ = reduction.edges[0].operations
    assert isinstance(one, FactorizedReduce) and isinstance(other, FactorizedReduce)
    assert not torch.equal(one.even.weight, other.even.weight)


def test_one_step_moves_all_by_one_gradient():
    settings = stacnas_settings(weights={"gradient_clip": 1e-2})
    task = stage_task(made_up_data(), settings, FIRST, 1, seed=1)
    network, alphas = copy.deepcopy(task.network).train(), copy.deepcopy(task.alphas)
    task.begin(0)
    task.step(0, 0)
    images, labels = task.training.at(0, 0)
    F.cross_entropy(network(images, *alphas()), labels).backward()
    # The limit is that of the weights' gradient: it lies below its norm, the alphas' is whole.
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1e-2)
    assert norm > 1e-2
    torch.optim.SGD(network.parameters(), 0.025, momentum=0.9, weight_decay=3e-4).step()
    torch.optim.Adam(alphas.parameters(), 3e-4, betas=(0.5, 0.999), weight_decay=1e-3).step()
    for found, expected in ((task.network, network), (task.alphas, alphas)):
        pairs = zip(found.parameters(), expected.parameters(), strict=True)
        assert all(torch.allclose(one, other, rtol=0, atol=1e-7) for one, other in pairs)
    grads = zip(task.alphas.parameters(), alphas.parameters(), strict=True)
    assert all(torch.allclose(one.grad, other.grad, atol=1e-7) for one, other in grads)


def test_one_pass_per_step():
    """Two stages of one epoch of one step, on all 16 images."""
    settings = stacnas_settings(epochs=1, batch_size=16)
    assert (
        training_passes(lambda: search(made_up_data(8, 8), settings, seed=1, loop=EpochLoop())) == 2
    )


@pytest.mark.parametrize(("images", "count"), [("all", 24), ("train_half", 16)])
def test_what_is_learnt_from(images, count):
    data = made_up_data(16, 8)
    task = stage_task(data, stacnas_settings(one_level_data=images), FIRST, 1, seed=1)
    batches = [task.training.at(0, step) for step in range(len(task.training))]
    assert sum(len(labels) for _, labels in batches) == count
    task.begin(0)
    row = task.end(0, {"loss": 1.0, "correct": 1.0, "images": 2.0, "seconds": 1.0})
    assert ("validation_accuracy" in row) == (images == "train_half")


@pytest.fixture(scope="module")
def result():
    settings = stacnas_settings(one_level_data="train_half")
    return search(made_up_data(), settings, seed=1, loop=EpochLoop())


def test_a_search_returns_a_cell_of_the_space_and_a_full_history(result):
    assert get_method("stacnas").search is search
    SPACE.validate(result.genotype)
    history = records.table(schemas.HISTORY, result.history)
    absent = ["flops", "front", "eigenvalue"]
    assert not any(column.null_count for column in history.drop(absent).columns)
    places = list(zip(history["stage"].to_pylist(), history["epoch"].to_pylist(), strict=True))
    assert places == list(product((1, 2), (1, 2)))
    assert [row["learning_rate"] for row in result.history] == [0.025, pytest.approx(0.013)] * 2
    entropies = [row["entropy"] for row in result.history]
    assert np.allclose(entropies, np.repeat(np.log([5, 3]), 2), atol=1e-4)
    found = [Genotype.from_dict(json.loads(row["genotype"])) for row in result.history]
    assert set(found[1].normal.operations) <= set(GROUPS)
    assert found[-1] == result.genotype


def test_a_search_of_all_images_has_no_validation():
    settings = stacnas_settings(epochs=1)
    history = search(made_up_data(), settings, seed=1, loop=EpochLoop()).history
    assert records.table(schemas.HISTORY, history)["validation_loss"].null_count == 2


def test_a_seed_is_a_search(result):
    settings = stacnas_settings(one_level_data="train_half")
    again = search(made_up_data(), settings, seed=1, loop=EpochLoop())
    other = search(
        made_up_data(),
        stacnas_settings(one_level_data="train_half", epochs=1),
        seed=2,
        loop=EpochLoop(),
    )
    assert timeless(again.history) == timeless(result.history)
    assert other.history[0]["train_loss"] != result.history[0]["train_loss"]


def test_a_search_stopped_within_every_stage_resumes_to_the_same_result(result, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    settings = stacnas_settings(one_level_data="train_half")
    data, loop = made_up_data(kind=StoppedData), EpochLoop(checkpoint)
    resumed, stops = stops_until_done(lambda: search(data, settings, seed=1, loop=loop))
    assert stops == ["interrupted in epoch 2, after step 1 of 2; run again to resume"] * 2
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype
