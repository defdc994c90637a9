"""Baselines on real trainings: exact steps, known answers with their controls, and resuming."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from baseline_toys import CHOICES, StoppedLoop, baseline_settings
from gradient_toys import made_up_data
from naseval import records, schemas
from naseval.errors import Interrupted, NasevalError
from naseval.genotype import Genotype
from naseval.methods import get_method
from naseval.methods._baselines import trained, untrained
from naseval.methods._baselines.trained import WORST, Trainings
from naseval.methods._paths import rounds
from naseval.methods._paths.paths import AGENTS, EDGES, NONE, path_of
from naseval.networks.untrained_scores import nwot, synflow
from naseval.randomness import stream
from naseval.spaces import get_space, space_names
from naseval.spaces.darts.parameters import count_parameters
from naseval.spaces.darts.space import SPACE
from naseval.training.checkpoint import Checkpoint
from naseval.training.loop import EpochLoop
from training_toy import timeless

GOOD = "sep_conv_3x3"
SEEDS = range(6)
TRAINED = ("random_search", "local_search", "regularised_evolution", "successive_halving")


def search(algorithm, checkpoint=None, seed=1, loop=None, data=None, **changes):
    settings = baseline_settings(algorithm, **changes)
    loop = loop or EpochLoop(checkpoint)
    return get_method(algorithm).search(data or made_up_data(), settings, seed=seed, loop=loop)


def good_edges(genotype):
    operations = genotype.normal.operations + genotype.reduce.operations
    return operations.count(GOOD) / len(operations)


def seen_through(x, share):
    """Return the mean colours of images, (B, 3), noise in place of those of some images.

    The larger the share of good edges is, the more images keep theirs; None: always 40 %.
    """
    colours = x.mean((2, 3))
    kept = torch.rand(len(x), 1) < (0.4 if share is None else 2.5 * share)
    return torch.where(kept, colours, torch.randn_like(colours))


class Rigged(nn.Module):
    """Classifies by colour, the more reliably the more edges are `GOOD`, or always alike."""

    def __init__(self, genotype, classes, rigged):
        super().__init__()
        self.share = good_edges(genotype) if rigged else None
        self.classifier = nn.Linear(3, classes)
        nn.init.zeros_(self.classifier.weight)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        return self.classifier(seen_through(x, self.share)), None


def rig(patch, rigged):
    def build(genotype, dataset, _protocol, *, auxiliary):  # noqa: ARG001
        return Rigged(genotype, dataset.classes, rigged)

    patch.setattr(trained, "protocol_network", build)


def found_on_rigged(algorithm, seeds, rigged, monkeypatch):
    """Return the share of good edges in what each seed finds with 16 to 80 candidates."""
    rig(monkeypatch, rigged)
    changes = {"trials": 16, "epochs": 1, "protocol": {"batch_size": 64}}
    if algorithm == "local_search":
        changes |= {"trials": 80}
    if algorithm == "regularised_evolution":
        changes |= {"trials": 32, "population": 8, "sample": 4}
    if algorithm == "successive_halving":
        changes |= {"trials": 8, "epochs": 4}
    data = made_up_data(320, 320)
    return [
        good_edges(search(algorithm, seed=seed, data=data, **changes).genotype) for seed in seeds
    ]


CHANCE = [good_edges(SPACE.sample(stream("chance", index))) for index in range(500)]


@pytest.mark.parametrize("algorithm", TRAINED)
def test_the_known_answer_is_found_more_often_than_by_chance(algorithm, monkeypatch):
    found = found_on_rigged(algorithm, SEEDS, True, monkeypatch)
    assert np.mean(found) > np.mean(CHANCE) + 3 * np.std(CHANCE) / len(SEEDS) ** 0.5


@pytest.mark.parametrize("algorithm", TRAINED)
def test_where_every_candidate_is_alike_nothing_is_found(algorithm, monkeypatch):
    found = found_on_rigged(algorithm, SEEDS, False, monkeypatch)
    assert abs(np.mean(found) - np.mean(CHANCE)) < 4 * np.std(CHANCE) / len(SEEDS) ** 0.5


class RiggedSupernet(nn.Module):
    """Shared weights: a path classifies the better the more of its edges are `GOOD`."""

    def __init__(self, classes, rigged):
        super().__init__()
        self.rigged, self.classifier = rigged, nn.Linear(3, classes)
        nn.init.zeros_(self.classifier.weight)

    def forward(self, x, normal, reduce):
        good = torch.cat([normal, reduce]) == SPACE.operations.index(GOOD)
        share = float(good.sum()) / 16 if self.rigged else None
        return self.classifier(seen_through(x, share))


@pytest.mark.parametrize("rigged", [True, False])
def test_shared_weights_rank_the_good_operation_first_where_there_is_one(rigged, monkeypatch):
    monkeypatch.setattr(
        rounds, "_network", lambda data, _settings: RiggedSupernet(data.classes, rigged)
    )
    changes = {"batch_size": 64, "candidates": 20, "finalists": 5, "epochs": 15}
    data = made_up_data(320, 320)
    found = [
        good_edges(search("random_sharing", seed=seed, data=data, **changes).genotype)
        for seed in SEEDS
    ]
    error = np.std(CHANCE) / len(SEEDS) ** 0.5
    if rigged:
        assert np.mean(found) > np.mean(CHANCE) + 3 * error
    else:
        assert abs(np.mean(found) - np.mean(CHANCE)) < 4 * error


def test_counting_parameters_finds_the_largest_of_its_candidates():
    found = search("zero_cost", score="parameters", samples=30, seed=3)
    rng, drawn = stream(3, "zero_cost", "search"), {}
    while len(drawn) < 30:
        drawn[SPACE.sample(rng)] = None
    count = partial(count_parameters, channels=2, cells=2, classes=2)
    assert found.genotype == max(drawn, key=count)
    assert Genotype.from_json(found.history[0]["genotype"]) == found.genotype


STOPS = {"zero_cost": (1, 3), "random_sharing": (3, 6, 10), "successive_halving": (3, 9, 12)}
"""Steps before which a search is stopped: in each kind of stage, and where a training goes on."""


@pytest.mark.parametrize("algorithm", CHOICES)
def test_a_search_that_is_stopped_anywhere_resumes_to_the_same_bits(algorithm, tmp_path):
    whole = search(algorithm)
    records.table(schemas.HISTORY, whole.history)
    for stop in STOPS.get(algorithm, (1, 9)):
        checkpoint = Checkpoint(tmp_path / f"checkpoint-{stop}", "same")
        with pytest.raises(Interrupted):
            search(algorithm, loop=StoppedLoop(checkpoint, stop))
        torch.rand(5)
        resumed = search(algorithm, checkpoint)
        assert timeless(resumed.history) == timeless(whole.history)
        assert resumed.genotype == whole.genotype


@pytest.mark.parametrize("algorithm", [*TRAINED, "zero_cost"])
@pytest.mark.parametrize("space", space_names())
def test_every_baseline_searches_every_space(algorithm, space, monkeypatch):
    """The networks are stand-ins; that every space's are built is tested with the spaces."""
    rig(monkeypatch, rigged=False)
    changes = {"score": "parameters"} if algorithm == "zero_cost" else {"epochs": 1}
    if algorithm == "zero_cost":
        monkeypatch.setattr(untrained, "protocol_network", lambda *_, **__: nn.Linear(1, 1))
    sampler = get_space(space).samplers[0]
    found = search(algorithm, space=space, sampler=sampler, **changes)
    get_space(space).validate(found.genotype)


def trainings(**changes):
    settings = baseline_settings("successive_halving", **changes)
    return Trainings(made_up_data(), settings, seed=1, loop=EpochLoop(), name="toy")


def test_a_training_in_rungs_is_one_schedule_and_pays_only_added_epochs():
    """Bits of the weights; drop path would draw other masks, since stages are seeded by number."""
    first, second = (SPACE.sample(stream("rungs", index)) for index in range(2))
    found = []
    for rungs in ([1, 2, 4], [4]):
        one = trainings(protocol={"drop_path": 0.0})
        tasks = []
        make = one.task
        one.task = lambda *place, make=make, tasks=tasks: tasks.append(make(*place)) or tasks[-1]
        for epochs in rungs:
            accuracy = one.evaluate(first, epochs)
            one.evaluate(second, epochs)
        paid = sum(task.epochs for task in tasks)
        found.append((accuracy, paid, tasks[-2].network.state_dict()))
        assert [row["stage"] for row in one.rows] == [
            stage for stage, _ in enumerate(rungs, start=1) for _ in range(2)
        ]
    (accuracy, paid, state), (expected, whole, other) = found
    assert (accuracy, paid) == (expected, whole) == (expected, 8)
    assert all(torch.equal(state[name], other[name]) for name in other)


def test_an_epoch_asked_for_again_costs_nothing():
    one, genotype = trainings(), SPACE.sample(stream("again"))
    assert one.evaluate(genotype, 2) == one.evaluate(genotype, 2) == one.evaluate(genotype, 1)
    assert len(one.rows) == 1


def test_a_candidate_that_diverged_is_the_worst_and_trained_no_more(monkeypatch):
    build = trained.protocol_network

    def spoilt(*given, **options):
        network = build(*given, **options)
        torch.nn.init.constant_(next(network.parameters()), float("nan"))
        return network

    one, genotype = trainings(), SPACE.sample(stream("diverges"))
    monkeypatch.setattr(trained, "protocol_network", spoilt)
    assert one.evaluate(genotype, 1) == one.evaluate(genotype, 4) == WORST
    assert len(one.rows) == 1
    with pytest.raises(NasevalError, match="diverged; lower"):
        search("random_search", trials=2)


def test_a_path_has_the_edges_of_its_genotype_and_no_other():
    genotype = SPACE.sample(stream("a path"))
    path = path_of(genotype)
    assert path.shape == (AGENTS,)
    for edges, cell in zip(path.reshape(2, EDGES), (genotype.normal, genotype.reduce), strict=True):
        expected, start = np.full(EDGES, NONE), 0
        for index, node in enumerate(cell.nodes, start=2):
            for operation, source in node:
                expected[start + source] = SPACE.operations.index(operation)
            start += index
        assert edges.tolist() == expected.tolist()


class Chain(nn.Module):
    """Positive layers with normalisation between them, and logits as networks return them."""

    def __init__(self, layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x), None


def test_the_flow_of_a_chain_is_its_output_for_every_layer():
    """Each layer's weights times their slopes sum to the output, which is linear in each layer."""
    convolutions = [nn.Conv2d(3, 4, 1, bias=False), nn.Conv2d(4, 5, 3, padding=1, bias=False)]
    layers = [convolutions[0], nn.BatchNorm2d(4), nn.ReLU(), convolutions[1], nn.BatchNorm2d(5)]
    linear = nn.Linear(5, 2, bias=False)
    network = Chain([*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear])
    with torch.no_grad():
        weights = [one.weight.double().abs() for one in (*convolutions, linear)]
        x = torch.ones(1, 3, 6, 6, dtype=torch.float64)
        x = nn.functional.conv2d(x, weights[0])
        x = nn.functional.conv2d(x, weights[1], padding=1).mean((2, 3)) @ weights[2].T
    assert synflow(network, 6) == pytest.approx(3 * float(x.sum()), rel=1e-12)


def test_codes_agree_where_relus_do():
    """Two units; images (1, 1), (1, -1), (-1, -1) agree on 1, 0 and 1 of them, each with itself."""
    network = Chain([nn.Flatten(), nn.ReLU()])
    images = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    expected = np.array([[2, 1, 0], [1, 2, 1], [0, 1, 2]])
    assert nwot(network, images) == pytest.approx(np.linalg.slogdet(expected).logabsdet)


def test_two_images_with_one_code_are_the_worst():
    assert nwot(Chain([nn.Flatten(), nn.ReLU()]), torch.ones(2, 3)) == -np.inf


@pytest.mark.parametrize("score", ["parameters", "nwot", "synflow"])
def test_scores_see_no_labels(score):
    class Blind:
        """Batches whose labels are none."""

        def __init__(self, batches):
            self.batches = batches

        def at(self, *place):
            return self.batches.at(*place)[0], None

    data = made_up_data()
    batches = data.batches
    object.__setattr__(data, "batches", lambda *part, **options: Blind(batches(*part, **options)))
    assert search("zero_cost", score=score, samples=2, data=data).genotype
