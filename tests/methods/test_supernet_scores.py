"""Scores by shared weights: of the right architectures, in the right order, and without a trace."""

from functools import partial

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from torch import nn

from baseline_toys import StoppedLoop, baseline_settings
from cnas_toys import cnas_settings
from controller_toys import enas_settings, nao_settings
from gradient_toys import darts_settings, made_up_data
from manas_toys import manas_ls_settings, manas_settings
from naseval.errors import Interrupted
from naseval.genotype import Cell, Genotype
from naseval.methods import get_method, get_settings, method_names
from naseval.methods._paths.paths import EDGES, path_of
from naseval.methods._paths.supernet import SampledSupernet
from naseval.methods._supernet.supernet import BankedSupernet
from naseval.methods._supernet_scores import PART, ScoringLoop, moments
from naseval.methods.pcdarts.search import pcdarts_task
from naseval.methods.stacnas.search import REPRESENTATIVES, stage_task
from naseval.networks.normalisation import batch_norm, batch_statistics
from naseval.spaces import sample
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from naseval.training.networks import initialised
from plain_states import load_plain_state
from rigged import RiggedEnas, RiggedNao, good_edges, rig
from staged_toys import pdarts_settings, stacnas_settings
from successor_toys import settings_of
from training_toy import timeless

ARCHITECTURES = 3
QUICK = {"token_embedding": 4, "hidden": 4, "layers": 1, "width": 4, "epochs": 1}
SETTINGS = {
    "darts": darts_settings(order=1, cells=1),
    "pdarts": pdarts_settings(cells=(1, 1), dropped=(3,), skip_dropout=(0.0, 0.4)),
    "stacnas": stacnas_settings(cells=(1, 1)),
    "pcdarts": settings_of("pcdarts"),
    "sdarts_rs": settings_of("sdarts_rs"),
    "darts_minus": settings_of("darts_minus"),
    "darts_es": settings_of("darts_es"),
    "cnas": cnas_settings(cells=1, epochs=1),
    "enas": enas_settings(),
    "manas": manas_settings(cells=1),
    "manas_ls": manas_ls_settings(cells=1),
    "nao": nao_settings(
        epochs=2,
        evaluate_every=1,
        sampling="uniform",
        seed_pool=3,
        new_per_round=2,
        random_per_round=1,
        last_step_size=3,
        predictor=QUICK,
    ),
    "random_sharing": baseline_settings("random_sharing"),
}
"""Settings of every method with shared weights."""


def architectures(method, count=ARCHITECTURES):
    """Return random architectures of a method's space by their names."""
    space = get_settings(method).finds
    return {f"{space}/random-{index:03d}": sample(space, index) for index in range(count)}


def scoring(loop, data, genotypes, seed=1, times=2):
    return ScoringLoop(
        loop, data, genotypes, times=times, batch_size=8, seed=seed, precision="float32"
    )


def searched(method, path, scored, data=None, **options):
    """Return what a search finds, the state of its parts at the end, and the scores."""
    data = data or made_up_data(16, 16)
    checkpoint = Checkpoint(path, "same")
    loop = EpochLoop(checkpoint)
    if scored:
        loop = scoring(loop, data, architectures(method), **options)
    found = get_method(method).search(data, SETTINGS[method], seed=1, loop=loop)
    parts = checkpoint.load()["parts"]
    parts.pop(PART, None)
    return found, parts, loop.rows if scored else []


def assert_equal(left, right):
    """Assert that nested states are equal to the bit."""
    assert type(left) is type(right)
    if isinstance(left, torch.Tensor):
        assert torch.equal(left, right)
    elif isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            assert_equal(left[key], right[key])
    elif isinstance(left, list | tuple):
        assert len(left) == len(right)
        for pair in zip(left, right, strict=True):
            assert_equal(*pair)
    else:
        assert left == right


def test_every_method_with_a_supernet_is_here():
    assert {name for name in method_names() if get_settings(name).shares_weights} == set(SETTINGS)


@pytest.mark.parametrize("method", SETTINGS)
def test_scoring_changes_nothing_of_a_search(method, tmp_path):
    plain, parts, _ = searched(method, tmp_path / "plain", scored=False)
    found, same, rows = searched(method, tmp_path / "scored", scored=True)
    assert found.genotype == plain.genotype
    assert timeless(found.history) == timeless(plain.history)
    assert_equal(same, parts)
    scored = [row["accuracy"] for row in rows if row["accuracy"] is not None]
    assert scored and all(0 <= accuracy <= 100 for accuracy in scored)
    assert (rows[0]["stage"], rows[0]["epoch"]) == (1, 0)
    assert {row["genotype"] for row in rows} == set(architectures(method))


@pytest.mark.parametrize("method", ["darts_es", "nao"])
def test_a_stopped_search_has_the_same_scores(method, tmp_path):
    whole, _, rows = searched(method, tmp_path / "whole", scored=True)
    data, stops = made_up_data(16, 16), 0
    for step in (0, 4, 5, 40):
        loop = StoppedLoop(Checkpoint(tmp_path / "stopped", "same"), step)
        loop = scoring(loop, data, architectures(method))
        try:
            found = get_method(method).search(data, SETTINGS[method], seed=1, loop=loop)
        except Interrupted:
            stops += 1
        else:
            break
    assert stops > 1
    assert found.genotype == whole.genotype
    assert loop.rows == rows


def test_a_search_killed_while_it_scores_has_the_same_scores(tmp_path, monkeypatch):
    _, _, rows = searched("darts", tmp_path / "whole", scored=True)
    score, calls = ScoringLoop._score, []

    def dying(self, task, stage, epoch, *, due):
        score(self, task, stage, epoch, due=due)
        calls.append(epoch)
        if len(calls) in (2, 4):
            raise KeyboardInterrupt

    monkeypatch.setattr(ScoringLoop, "_score", dying)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            searched("darts", tmp_path / "killed", scored=True)
    assert searched("darts", tmp_path / "killed", scored=True)[2] == rows


@pytest.mark.parametrize(
    ("epochs", "times", "expected"),
    [(50, 5, {10, 20, 30, 40, 50}), (3, 2, {2, 3}), (2, 5, {1, 2}), (7, 1, {7})],
)
def test_moments_are_at_equal_distances_and_end_with_the_last_epoch(epochs, times, expected):
    assert moments(epochs, times) == expected


def test_moments_of_staged_searches(tmp_path):
    def told(method):
        rows = searched(method, tmp_path / method, scored=True)[2]
        return list(dict.fromkeys((row["stage"], row["epoch"]) for row in rows))

    assert told("pdarts") == [(1, 0), (1, 1), (1, 2), (2, 1), (2, 2)]
    assert told("nao") == [(1, 0), (1, 1), (4, 1)]


def test_architectures_that_a_later_supernet_lacks_have_no_score(tmp_path):
    rows = searched("pdarts", tmp_path / "search", scored=True)[2]
    lost = {stage: [r["accuracy"] for r in rows if r["stage"] == stage] for stage in (1, 2)}
    assert None not in lost[1]
    assert set(lost[2]) == {None}  # of 16 edges, all would have to be left by chance


def test_architectures_with_operations_that_nao_does_not_search_have_no_score():
    genotypes = {"searched": sample("nao", 0), "readme": sample("nao", 0, "uniform11")}
    data = made_up_data(16, 16)
    loop = scoring(EpochLoop(), data, genotypes)
    get_method("nao").search(data, SETTINGS["nao"], seed=1, loop=loop)
    found = {
        name: [row["accuracy"] for row in loop.rows if row["genotype"] == name]
        for name in genotypes
    }
    assert None not in found["searched"]
    assert set(found["readme"]) == {None}


class TestOneArchitectureOfASupernet:
    """`choosing`: the mixing weights that leave one architecture."""

    images = torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(1))

    def supernet(self, kind, edges=(SPACE.operations,) * EDGES):
        operations = {"normal": edges, "reduce": edges}
        shape = {"images": "small", "classes": 3, "channels": 4, "cells": 3}
        return initialised(lambda: kind(operations, **shape), 1)

    @pytest.mark.parametrize("index", range(3))
    def test_it_computes_what_the_path_of_the_architecture_computes(self, index):
        genotype = sample("darts", index)
        banked, paths = map(self.supernet, (BankedSupernet, SampledSupernet))
        load_plain_state(banked, paths.state_dict())
        path = torch.from_numpy(path_of(genotype))
        with batch_statistics(banked), batch_statistics(paths), torch.no_grad():
            mixed = banked(self.images, *banked.choosing(genotype))
            alone = paths(self.images, *path.split(EDGES))
        assert torch.allclose(mixed, alone, atol=1e-5)

    def test_an_operation_that_an_edge_lacks_is_told(self):
        names = ("none", "skip_connect", "sep_conv_3x3")
        supernet = self.supernet(BankedSupernet, (names,) * EDGES)
        assert supernet.choosing(sample("darts", 0)) is None

    def test_the_first_of_equal_operations_counts(self):
        names = ("skip_connect", "skip_connect", "none")
        supernet = self.supernet(BankedSupernet, (names,) * EDGES)
        skips = [(("skip_connect", 0), ("skip_connect", 1))] * 4
        cell = Cell(tuple(skips), (2, 3, 4, 5))
        normal, reduce = supernet.choosing(Genotype("darts", cell, cell))
        assert normal.sum(0).tolist() == reduce.sum(0).tolist() == [8, 0, 0]

    def test_pcdarts_passes_the_other_channels_of_chosen_edges_alone(self):
        task = pcdarts_task(made_up_data(), settings_of("pcdarts"), seed=1)
        normal, _ = task.network.choosing(sample("darts", 0))
        assert normal.shape == task.alphas()[0].shape
        assert normal[:, -1].tolist() == normal[:, :-1].sum(1).tolist()
        assert normal[:, -1].sum() == 8

    @pytest.mark.parametrize("sampler", ["uniform7", "paper_literal8"])
    def test_representatives_stand_for_their_groups_and_none_for_itself(self, sampler):
        everything = (REPRESENTATIVES,) * EDGES
        alive = {"normal": everything, "reduce": everything}
        task = stage_task(made_up_data(), stacnas_settings(), alive, stage=1, seed=1)
        renamed = {"avg_pool_3x3": "max_pool_3x3", "sep_conv_5x5": "sep_conv_3x3"}
        renamed["dil_conv_5x5"] = "dil_conv_3x3"
        genotype = sample("darts", 0, sampler)
        text = genotype.to_json()
        assert ("none" in text) == (sampler == "paper_literal8")
        for old, new in renamed.items():
            text = text.replace(old, new)
        assert text != genotype.to_json()
        same = Genotype.from_json(text)
        with batch_statistics(task.network), torch.no_grad():
            both = [task.subnetwork(one)(self.images) for one in (genotype, same)]
        assert torch.equal(*both)
        later = stage_task(made_up_data(), stacnas_settings(), alive, stage=2, seed=1)
        assert later.subnetwork(genotype) is None


def test_batch_statistics_leave_no_trace():
    network = nn.Sequential(nn.Conv2d(3, 4, 1), batch_norm(4), nn.Dropout(0.5))
    network[0].eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    images = 5 + torch.randn(4, 3, 2, 2)
    with batch_statistics(network), torch.no_grad():
        out = network(images)
    assert out.mean().abs() < 1e-5  # of the batch, and no dropout
    assert [module.training for module in network] == [False, True, True]
    assert_equal(dict(network.state_dict()), before)


def ranked(method, settings, seed, genotypes, quality):
    """Return tau of the last scores of a search with the known quality of architectures."""
    data = made_up_data(128, 256, classes=4)
    loop = scoring(EpochLoop(), data, genotypes, seed=seed, times=1)
    get_method(method).search(data, settings, seed=seed, loop=loop)
    last = [row["accuracy"] for row in loop.rows[-len(genotypes) :]]
    return kendalltau(last, [quality(one) for one in genotypes.values()]).statistic


WEIGHTS = {"learning_rate": 2.0, "restarts": None}
RIGGED = {
    "enas": (RiggedEnas, "EnasSupernet", enas_settings(epochs=3, batch_size=32, weights=WEIGHTS)),
    "nao": (
        RiggedNao,
        "NaoSupernet",
        nao_settings(
            evaluate_every=4,
            batch_size=32,
            sampling="uniform",
            weights={"learning_rate": 2.0},
            predictor=QUICK,
        ),
    ),
}


@pytest.mark.parametrize("method", RIGGED)
@pytest.mark.parametrize("good", ["sep_conv_3x3", None])
def test_a_known_order_is_found_where_there_is_one(method, good, monkeypatch):
    kind, name, settings = RIGGED[method]
    rig(monkeypatch, f"naseval.methods.{method}.search.{name}", kind, good)
    genotypes = architectures(method, 40)
    quality = partial(good_edges, good="sep_conv_3x3")
    taus = [ranked(method, settings, seed, genotypes, quality) for seed in range(3)]
    # Where all are alike, tau of 40 architectures has the standard deviation 0.11.
    assert np.mean(taus) > 0.4 if good else abs(np.mean(taus)) < 0.3
