"""NSGA-Net on images and networks small enough for seconds."""

import signal
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from fixtures_networks import build_network
from gradient_toys import made_up_data
from naseval import records, schemas
from naseval.data.training_data import TrainingData
from naseval.errors import Interrupted, NasevalError
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods.nsganet.flops import flops
from naseval.methods.nsganet.search import search
from naseval.randomness import stream
from naseval.spaces.nsganet.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from nsganet_toys import nsganet_settings
from training_toy import timeless

INDIVIDUALS = 4 + 2 * 2
STEPS = INDIVIDUALS * 2 * 2  # epochs, steps


@dataclass(frozen=True)
class WatchedData(TrainingData):
    """Lists the training batches asked for, and sends SIGTERM where one of `stops` is."""

    seen: list[tuple[int, int]] | None = None
    stops: tuple[tuple[int, int], ...] = ()

    def batches(self, part: Any, **options: Any) -> Any:
        """Return the batches, those of training watched."""
        batches = super().batches(part, **options)
        return _Watched(batches, self) if part == "train" else batches


class _Watched:
    def __init__(self, batches: Any, data: WatchedData) -> None:
        self.batches, self.data = batches, data

    def __len__(self) -> int:
        return len(self.batches)

    def at(self, epoch: int, step: int) -> Any:
        self.data.seen.append((epoch, step))
        if (epoch, step) in self.data.stops:
            signal.raise_signal(signal.SIGTERM)
        return self.batches.at(epoch, step)


def watched(seen, stops=()):
    data = made_up_data()
    return WatchedData(data.dataset, data.channels, data.parts, seen=seen, stops=stops)


@pytest.fixture(scope="module")
def result():
    return search(made_up_data(), nsganet_settings(), seed=1, loop=EpochLoop())


def error(row):
    return 100 - row["validation_accuracy"]


def test_the_history_has_a_row_per_individual(result):
    assert get_method("nsganet").search is search
    history = records.table(schemas.HISTORY, result.history)
    places = list(zip(history["stage"].to_pylist(), history["epoch"].to_pylist(), strict=True))
    assert places == [(1, i) for i in (1, 2, 3, 4)] + [(g, i) for g in (2, 3) for i in (1, 2)]
    for row in result.history:
        SPACE.validate(Genotype.from_json(row["genotype"]))
        assert 0 <= row["validation_accuracy"] <= 100
        assert row["validation_loss"] > 0 and row["train_loss"] > 0 and row["seconds"] > 0
        assert row["learning_rate"] == pytest.approx(0.0125)


def test_the_cost_is_that_of_the_network_at_the_datasets_resolution(result):
    row = result.history[5]
    network = build_network(
        Genotype.from_json(row["genotype"]),
        images="small",
        image_size=8,
        classes=2,
        channels=2,
        cells=3,
        auxiliary=False,
    )
    assert row["flops"] == flops(network, 8) / 1e6


def test_the_result_is_the_lowest_error_ever_and_the_cheapest_of_equals(result):
    best = min(result.history, key=lambda row: (error(row), row["flops"]))
    assert Genotype.from_json(best["genotype"]) == result.genotype
    assert best["front"]


def test_the_front_is_the_final_populations(result):
    front = [(error(row), row["flops"]) for row in result.history if row["front"]]
    assert front
    for one in front:
        for row in result.history:
            other = error(row), row["flops"]
            assert not (other != one and other[0] <= one[0] and other[1] <= one[1])


def test_a_seed_is_a_search(result):
    again = search(made_up_data(), nsganet_settings(), seed=1, loop=EpochLoop())
    other = search(made_up_data(), nsganet_settings(generations=1), seed=2, loop=EpochLoop())
    assert timeless(again.history) == timeless(result.history)
    assert again.genotype == result.genotype
    assert other.history[0]["genotype"] != result.history[0]["genotype"]


def test_individuals_start_from_weights_of_their_own(monkeypatch):
    """The same genotype, trained as two individuals, is not the same network."""
    same = SPACE.sample(stream("the same"))
    monkeypatch.setattr("naseval.methods.nsganet.search.decode", lambda _genome: same)
    settings = nsganet_settings(generations=1, population=2)
    first, second = search(made_up_data(), settings, seed=1, loop=EpochLoop()).history
    assert first["train_loss"] != second["train_loss"]
    assert first["flops"] == second["flops"]


def test_stopped_within_individuals_it_resumes_and_trains_none_twice(result, tmp_path):
    """In the first individual, between two epochs, and in two later generations."""
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    seen: list[tuple[int, int]] = []
    stops = ((0, 0), (5, 1), (9, 0), (14, 0))
    for _ in stops:
        with pytest.raises(Interrupted):
            search(watched(seen, stops), nsganet_settings(), seed=1, loop=EpochLoop(checkpoint))
        torch.rand(5)
    resumed = search(watched(seen, stops), nsganet_settings(), seed=1, loop=EpochLoop(checkpoint))
    assert timeless(resumed.history) == timeless(result.history)
    assert resumed.genotype == result.genotype
    assert seen == [(epoch, step) for epoch in range(2 * INDIVIDUALS) for step in range(2)]
    assert len(seen) == STEPS


def test_a_finished_search_is_read_back_without_training(result, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    search(made_up_data(), nsganet_settings(), seed=1, loop=EpochLoop(checkpoint))
    seen: list[tuple[int, int]] = []
    again = search(watched(seen), nsganet_settings(), seed=1, loop=EpochLoop(checkpoint))
    assert seen == []
    assert timeless(again.history) == timeless(result.history)


def test_a_checkpoint_of_another_evolution_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    with pytest.raises(Interrupted):
        search(watched([], ((5, 1),)), nsganet_settings(), seed=1, loop=EpochLoop(checkpoint))
    state = checkpoint.load()
    state["rows"][0]["genotype"], state["rows"][1]["genotype"] = (
        state["rows"][1]["genotype"],
        state["rows"][0]["genotype"],
    )
    checkpoint.save(state)
    with pytest.raises(NasevalError, match="candidate 1 is not the one chosen now"):
        search(made_up_data(), nsganet_settings(), seed=1, loop=EpochLoop(checkpoint))
