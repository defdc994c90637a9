"""A method that trains candidates from scratch needs little more than its choice of genotypes."""

import logging
from pathlib import Path

import pytest
import torch

import random_search
from gradient_toys import StoppedData, made_up_data
from naseval import records, schemas
from naseval.budget.rehearsal import Meter, Rehearsal, StubData
from naseval.errors import Interrupted, NasevalError
from naseval.genotype import Genotype
from naseval.methods._candidates import Candidates, candidate_network, diverged
from naseval.randomness import stream
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from training_toy import timeless

WEIGHTS = {"name": "sgd", "learning_rate": 0.025, "learning_rate_min": 0.0, "weight_decay": 3e-4}
SETTINGS = random_search.Settings.model_validate(
    {
        "candidates": 3,
        "epochs": 2,
        "batch_size": 8,
        "channels": 2,
        "cells": 2,
        "weights": WEIGHTS,
    }
)


def search(data=None, checkpoint=None, seed=1):
    return random_search.search(
        data or made_up_data(), SETTINGS, seed=seed, loop=EpochLoop(checkpoint)
    )


@pytest.fixture(scope="module")
def result():
    return search()


def test_a_method_is_shorter_than_60_lines():
    assert len(Path(random_search.__file__).read_text(encoding="utf-8").splitlines()) < 60


def test_a_row_per_candidate_and_the_best_wins(result):
    history = records.table(schemas.HISTORY, result.history)
    assert history["stage"].to_pylist() == [1, 1, 1]
    assert history["epoch"].to_pylist() == [1, 2, 3]
    for row in result.history:
        SPACE.validate(Genotype.from_json(row["genotype"]))
        assert row["seconds"] > 0 and row["validation_loss"] > 0 and row["train_loss"] > 0
    best = max(row["validation_accuracy"] for row in result.history)
    winner = next(row for row in result.history if row["validation_accuracy"] == best)
    assert Genotype.from_json(winner["genotype"]) == result.genotype


def test_an_image_alone_in_the_last_batch_is_validated_too():
    data, loop = made_up_data(validation=9), EpochLoop()
    batches = Candidates(data, SETTINGS, seed=1, loop=loop, name="validated").validation
    assert [len(batches.at(0, step)[1]) for step in range(len(batches))] == [8, 1]


def test_a_seed_is_a_search(result):
    assert timeless(search().history) == timeless(result.history)
    assert search(seed=2).history[0]["genotype"] != result.history[0]["genotype"]


def test_stopped_within_a_candidate_it_resumes_to_the_same_bits(result, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    with pytest.raises(Interrupted):
        search(made_up_data(kind=StoppedData), checkpoint)
    torch.rand(5)
    resumed = search(checkpoint=checkpoint)
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype


def test_candidates_that_diverge_are_not_chosen(monkeypatch):
    """All but the last have weights that are not numbers."""
    built = iter(range(3))

    def spoilt(genotype, data, settings):
        network = candidate_network(genotype, data, settings)
        if next(built) < 2:
            torch.nn.init.constant_(next(network.parameters()), float("nan"))
        return network

    monkeypatch.setattr("naseval.methods._candidates.candidate_network", spoilt)
    found = search()
    assert [diverged(row) for row in found.history] == [True, True, False]
    assert Genotype.from_json(found.history[2]["genotype"]) == found.genotype


def test_another_genotype_than_the_checkpoints_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    search(checkpoint=checkpoint)
    options = {"seed": 1, "loop": EpochLoop(checkpoint), "name": "random search"}
    candidates = Candidates(made_up_data(), SETTINGS, **options)
    with pytest.raises(NasevalError, match="candidate 1 is not the one chosen now"):
        candidates.train(SPACE.sample(stream("another")))


def test_candidates_say_where_they_stand_and_what_else_was_measured(caplog):
    candidates = Candidates(made_up_data(), SETTINGS, seed=1, loop=EpochLoop(), name="toy")
    genotype = SPACE.sample(stream("a genotype"))
    with caplog.at_level(logging.INFO):
        row = candidates.train(
            genotype, stage=4, epoch=2, columns=lambda network: {"flops": float(network.training)}
        )
    assert (row["stage"], row["epoch"], row["flops"]) == (4, 2, 0.0)  # validated, so not training
    assert candidates.rows == [row]
    assert caplog.messages[-1].startswith("candidate 1: ")


def test_the_budget_counts_it_without_knowing_it():
    rehearsal = Rehearsal(Meter(), samples=3)
    dataset = made_up_data().dataset
    data = StubData(dataset, {"train": 16, "validation": 16}, rehearsal.meter)
    found = random_search.search(data, SETTINGS, seed=1, loop=rehearsal)
    assert len(found.history) == 3
    assert rehearsal.work.flops > 0
