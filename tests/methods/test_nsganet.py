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
from naseval.methods.nsganet.search import objectives, search
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
    """Lists the training batches asked for, and sends SIGTERM where one of `stops` is.

    The images of the epochs `spoilt` are not numbers, as if a network had diverged.
    """

    seen: list[tuple[int, int]] | None = None
    stops: tuple[tuple[int, int], ...] = ()
    spoilt: tuple[int, ...] = ()

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
        images, labels = self.batches.at(epoch, step)
        return (images * float("nan") if epoch in self.data.spoilt else images), labels


def watched(seen, stops=(), spoilt=()):
    data = made_up_data()
    return WatchedData(
        data.dataset, data.channels, data.parts, seen=seen, stops=stops, spoilt=spoilt
    )


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


@pytest.mark.parametrize("spoilt", [(2, 3), (3,)])
def test_an_individual_that_diverges_is_the_worst_and_the_search_goes_on(result, tmp_path, spoilt):
    """The second one, in its first or its second epoch; stopped later, it resumes all the same."""
    settings = nsganet_settings()
    found = search(watched([], spoilt=spoilt), settings, seed=1, loop=EpochLoop())
    worst, first_ones = found.history[1], (0, 2, 3)
    for name in ("validation_accuracy", "validation_loss", "train_loss", "train_accuracy"):
        assert name not in worst
    assert worst["genotype"] == result.history[1]["genotype"]
    assert worst["flops"] == result.history[1]["flops"]
    assert worst["seconds"] > 0 and not worst["front"]
    for number in first_ones:
        measured = [result.history[number], found.history[number]]
        one, other = timeless([{**row, "front": None} for row in measured])
        assert one == other
    assert len(found.history) == INDIVIDUALS
    assert records.table(schemas.HISTORY, found.history)["flops"].null_count == 0
    measured = [row for row in found.history if row is not worst]
    best = min(measured, key=lambda row: (error(row), row["flops"]))
    assert Genotype.from_json(best["genotype"]) == found.genotype

    checkpoint = Checkpoint(tmp_path / "checkpoint", "same")
    with pytest.raises(Interrupted):
        stopped = watched([], ((4, 1),), spoilt)
        search(stopped, settings, seed=1, loop=EpochLoop(checkpoint))
    seen = []
    resumed = search(watched(seen, spoilt=spoilt), settings, seed=1, loop=EpochLoop(checkpoint))
    assert timeless(resumed.history) == timeless(found.history)
    assert seen[0] == (5, 0)


def test_worst_is_dominated_whatever_it_costs():
    cheap = {"flops": 1.0}
    good = {"flops": 9.0, "validation_accuracy": 0.0}
    bad, other = objectives(cheap, [cheap, good]), objectives(good, [cheap, good])
    assert bad[0] > other[0] and bad[1] >= other[1]


def test_a_search_whose_individuals_all_diverge_says_so():
    settings = nsganet_settings(generations=1, population=2)
    everything = tuple(range(4))
    with pytest.raises(NasevalError, match="all 2 candidates of the search diverged; lower"):
        search(watched([], spoilt=everything), settings, seed=1, loop=EpochLoop())


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
