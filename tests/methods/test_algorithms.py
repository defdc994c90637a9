"""The algorithms that choose candidates: exact steps, known answers with their control, costs."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naseval.methods import algorithm_names, get_algorithm, method_names
from naseval.methods._trials import LOOKUPS, Spent, Trials
from naseval.methods.successive_halving.algorithm import (
    bracket_cost,
    most_candidates,
    rung_epochs,
)
from naseval.randomness import stream
from naseval.recorded.tables.nas_bench_macro import MacroSpace
from naseval.spaces import get_neighbourhood, get_space, space_names

TRIALS = 60
SETTINGS = {
    "random_search": {"trials": TRIALS},
    "local_search": {"trials": TRIALS},
    "regularised_evolution": {"trials": TRIALS, "population": 10, "sample": 5},
    "zero_cost": {"score": "rigged", "samples": TRIALS},
    "successive_halving": {"trials": TRIALS, "epochs": 27, "first": 1, "factor": 3},
}
CLIMBERS = ("local_search", "regularised_evolution")


def run(name, space, evaluate, seed=0, **other):
    algorithm = get_algorithm(name)
    return algorithm.search(
        space, evaluate, algorithm.Settings(**SETTINGS[name] | other), stream(seed, "search", name)
    )


class Line:
    """The numbers 0 to 99; neighbours are adjacent."""

    def sample(self, rng):
        return int(rng.integers(100))

    def neighbours(self, place):
        return [other for other in (place - 1, place + 1) if 0 <= other < 100]

    def mutate(self, place, rng):
        found = self.neighbours(place)
        return found[rng.integers(len(found))]


def convolutions(genotype):
    """A rigged score: how many edges of a genotype are separable convolutions 3x3."""
    operations = genotype.normal.operations + genotype.reduce.operations
    return operations.count("sep_conv_3x3") / len(operations)


def test_algorithms_are_found_and_search_on_images_too():
    assert set(algorithm_names()) == set(SETTINGS)
    assert set(algorithm_names()) <= set(method_names())


def test_algorithms_load_no_torch_and_no_pandas():
    modules = ", ".join(f"naseval.methods.{name}.algorithm" for name in algorithm_names())
    code = f"import sys, {modules}; print(*{{'torch', 'pandas', 'scipy'}} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", sorted(SETTINGS))
@pytest.mark.parametrize("space", space_names())
def test_every_algorithm_searches_every_space(name, space):
    seen = {}

    def evaluate(genotype, epochs=27):
        get_space(space).validate(genotype)
        seen[genotype] = epochs
        return convolutions(genotype) * epochs

    found = run(name, get_neighbourhood(space), evaluate)
    whole = [convolutions(genotype) for genotype, epochs in seen.items() if epochs == 27]
    assert convolutions(found) == max(whole)


@pytest.mark.parametrize("name", ["random_search", "zero_cost", *CLIMBERS])
def test_as_many_distinct_candidates_are_evaluated_as_allowed_each_once(name):
    seen = []
    run(name, MacroSpace(), lambda place: seen.append(place) or float(place))
    assert len(seen) == len(set(seen)) == TRIALS


@pytest.mark.parametrize("name", CLIMBERS)
def test_a_climber_finds_the_known_answer_and_random_search_does_not(name):
    """Of 6,561 architectures, the one with the last block in each of 8 layers is the best."""
    values = [sum(int(digit) for digit in np.base_repr(place, 3)) for place in range(3**8)]
    found, drawn = (
        [
            run(one, MacroSpace(), lambda place: values[place], seed) == 3**8 - 1
            for seed in range(60)
        ]
        for one in (name, "random_search")
    )
    assert sum(found) > 20
    assert sum(drawn) < 5


@pytest.mark.parametrize("name", CLIMBERS)
def test_a_climber_beats_random_search_among_genotypes(name):
    """Each of 16 edges is better with one of 7 operations."""
    space = get_neighbourhood("darts")
    climbed, drawn = (
        [convolutions(run(one, space, convolutions, seed, trials=150)) for seed in range(6)]
        for one in (name, "random_search")
    )
    assert min(climbed) > np.mean(drawn)
    assert np.mean(climbed) > np.mean(drawn) + 0.15


@pytest.mark.parametrize("name", CLIMBERS)
def test_without_a_slope_a_climber_is_no_better_than_random_search(name):
    """The control: values that neighbours do not share."""
    values = stream("rugged").random(3**8)
    runs = 150
    climbed, drawn = (
        [values[run(one, MacroSpace(), lambda place: values[place], seed)] for seed in range(runs)]
        for one in (name, "random_search")
    )
    error = (np.var(climbed) / runs + np.var(drawn) / runs) ** 0.5
    assert abs(np.mean(climbed) - np.mean(drawn)) < 4 * error


def test_local_search_climbs_and_restarts():
    """On a line with two hills, it climbs one by adjacent steps, then begins somewhere else."""
    seen = []

    def evaluate(place):
        seen.append(place)
        return float(-min(abs(place - 20), abs(place - 70) + 5))

    found = run("local_search", Line(), evaluate, trials=90)
    assert found == 20
    jumps = [one for one, two in pairwise(seen) if abs(one - two) > 2]
    assert 1 <= len(jumps) < 10, "few restarts, else steps"


def test_local_search_takes_the_first_better_neighbour():
    """From 50 on a slope, 51 is better and 49 is not: 52 is tried before 49 or just after it."""

    class From50(Line):
        def sample(self, _rng):
            return 50

    seen = []
    run("local_search", From50(), lambda place: seen.append(place) or float(place), trials=5)
    assert seen[0] == 50
    assert set(seen) <= {49, 50, 51, 52, 53, 54}
    assert max(seen) == 54 - (49 in seen)


def test_evolution_forgets_its_oldest_but_remembers_the_best():
    """With a population of one it is a random walk that returns its best place."""
    walked = []
    found = run(
        "regularised_evolution",
        Line(),
        lambda place: walked.append(place) or float(-abs(place - 42)),
        trials=8,
        population=1,
        sample=3,
    )
    assert max(walked) - min(walked) == len(walked) - 1, "an unbroken walk"
    assert found == min(walked, key=lambda place: abs(place - 42))


def test_evolution_with_a_population_as_large_as_its_trials_is_random_search():
    values = stream("same").random(3**8)
    drawn = {}
    for name in ("random_search", "regularised_evolution"):
        algorithm = get_algorithm(name)
        chosen = algorithm.Settings(
            **SETTINGS[name] | ({"population": TRIALS} if "evo" in name else {})
        )
        drawn[name] = algorithm.search(
            MacroSpace(), lambda place: values[place], chosen, stream("same rng")
        )
    assert drawn["random_search"] == drawn["regularised_evolution"]


def test_of_equal_candidates_the_first_wins():
    seen = []
    found = run("random_search", Line(), lambda place: seen.append(place) or 1.0)
    assert found == seen[0]


def test_a_search_ends_where_nothing_is_new():
    """The space has 100 candidates; 101 trials cannot be spent."""
    assert run("random_search", Line(), float, trials=101) == 99


def test_trials_raise_after_the_last_new_candidate_and_after_too_many_lookups():
    trials = Trials(float, 2)
    assert [trials(1), trials(2), trials(1)] == [1.0, 2.0, 1.0]
    with pytest.raises(Spent):
        trials(3)
    assert trials.best() == 2
    with pytest.raises(Spent):
        for _ in range(2 * LOOKUPS):
            trials(1)


def halving(**other):
    return get_algorithm("successive_halving").Settings(**SETTINGS["successive_halving"] | other)


def test_the_rungs_of_each_bracket():
    chosen = halving(brackets=3)
    assert [rung_epochs(chosen, bracket) for bracket in range(3)] == [
        [1, 3, 9, 27],
        [3, 9, 27],
        [9, 27],
    ]
    assert rung_epochs(halving(first=10, epochs=50), 0) == [10, 30, 50]
    assert rung_epochs(halving(first=27), 0) == [27]


def test_a_bracket_pays_only_added_epochs():
    # 27 for 1 epoch, 9 for 2 more, 3 for 6 more, 1 for 18 more.
    assert bracket_cost(27, [1, 3, 9, 27], 3) == 27 + 18 + 18 + 18
    assert most_candidates([1, 3, 9, 27], 3, 27 + 18 + 18 + 18) == 27


@given(
    first=st.integers(1, 9),
    factor=st.integers(2, 5),
    epochs=st.integers(9, 200),
    trials=st.integers(1, 60),
)
@settings(max_examples=80)
def test_as_many_candidates_begin_as_the_budget_buys(first, factor, epochs, trials):
    rungs = rung_epochs(halving(first=first, factor=factor, epochs=epochs, trials=trials), 0)
    most = most_candidates(rungs, factor, trials * epochs)
    assert bracket_cost(most, rungs, factor) <= trials * epochs
    assert bracket_cost(most + 1, rungs, factor) > trials * epochs


@pytest.mark.parametrize("brackets", [1, 3])
def test_halving_keeps_the_best_and_stays_within_its_budget(brackets):
    trained, asked = {}, []

    def evaluate(place, epochs):
        trained[place] = max(epochs, trained.get(place, 0))
        asked.append(epochs)
        return float(place)

    found = run("successive_halving", MacroSpace(), evaluate, brackets=brackets, trials=30)
    assert sum(trained.values()) <= 30 * 27
    assert sum(trained.values()) > 0.8 * 30 * 27
    assert found == max(place for place, epochs in trained.items() if epochs == 27)
    if brackets == 1:
        assert found == max(trained), "epochs do not change the order, so the best goes on"
        assert asked.count(1) // 3 == asked.count(3)


def test_halving_drops_what_is_slow_at_first():
    """A candidate that is best at the end but worst at the start is lost, as it must be."""
    found = run("successive_halving", Line(), lambda place, epochs: place * (epochs - 9), trials=30)
    assert found < 50


@pytest.mark.parametrize(
    ("other", "message"),
    [({"brackets": 5}, "would begin with more than 27"), ({"trials": 1, "brackets": 2}, "budget")],
)
def test_settings_that_no_bracket_can_keep_are_refused(other, message):
    with pytest.raises(ValueError, match=message):
        halving(**other)
