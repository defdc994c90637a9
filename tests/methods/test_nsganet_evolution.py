"""NSGA-II as NSGA-Net sets it up: against vectors, and on problems whose answer is known."""

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.survival.rank_and_crowding import RankAndCrowding
from scipy.stats import binomtest

from fixtures_wiring import VECTORS
from naseval.methods.nsganet.nsga2 import Evolution, IntegerPolynomialMutation
from naseval.randomness import stream
from naseval.spaces.nsganet.space import UPPER_BOUNDS


def settings(**changes):
    return SimpleNamespace(
        **{
            "population": 40,
            "offspring": 20,
            "generations": 30,
            "crossover_probability": 1.0,
            "mutation_probability": 1 / 40,
            "mutation_eta": 3.0,
            **changes,
        }
    )


def run(seed, worth, **changes):
    """Run an evolution to its end; return it and the generations it asked for."""
    evolution = Evolution(UPPER_BOUNDS, settings(**changes), seed)
    generations = []
    while genomes := evolution.ask():
        generations.append(genomes)
        evolution.tell([worth(genome) for genome in genomes])
    return evolution, generations


def sums(genome):
    return float(sum(genome[:20])), float(-sum(genome[10:30]))


def test_the_papers_evolution_trains_620_individuals():
    evolution, generations = run(1, sums)
    assert [len(genomes) for genomes in generations] == [40] + 29 * [20]
    assert sum(map(len, generations)) == VECTORS["nsganet"]["evaluations_total"]
    assert len(evolution.survivors()) == 40
    assert evolution.ask() == []


def test_the_first_generation_is_uniform():
    genomes = [genome for seed in range(25) for genome in run(seed, sums, generations=1)[1][0]]
    for gene, bound in enumerate(UPPER_BOUNDS):
        counts = Counter(genome[gene] for genome in genomes)
        share = 1 / (bound + 1)
        spread = math.sqrt(1000 * share * (1 - share))
        assert all(abs(counts[v] - 1000 * share) < 5 * spread for v in range(bound + 1))


def test_told_the_same_it_asks_the_same_and_leaves_numpys_generator_alone():
    before = np.random.get_state()[1].copy()
    first, second, other = (run(seed, sums, generations=4) for seed in (5, 5, 6))
    assert first[1] == second[1] != other[1]
    assert first[0].survivors() == second[0].survivors()
    assert (np.random.get_state()[1] == before).all()


def test_no_child_repeats_the_population_or_a_sibling():
    evolution = Evolution(UPPER_BOUNDS, settings(population=8, offspring=8), 3)
    for _ in range(6):
        alive = [tuple(s.genome) for s in evolution.survivors()] if evolution._told else []
        children = [tuple(genome) for genome in evolution.ask()]
        assert len({*alive, *children}) == len(alive) + len(children)
        evolution.tell([sums(genome) for genome in children])


def test_survivors_are_the_best_ever_and_know_their_numbers():
    evolution, generations = run(2, sums, generations=6)
    everyone = [genome for genomes in generations for genome in genomes]
    survivors = evolution.survivors()
    assert all(everyone[s.number] == s.genome for s in survivors)
    assert all(sums(s.genome) == s.objectives for s in survivors)
    assert min(s.objectives for s in survivors) == min(map(sums, everyone))
    for one in survivors:
        beaten = any(
            other.objectives != one.objectives
            and all(a <= b for a, b in zip(other.objectives, one.objectives, strict=True))
            for other in survivors
        )
        assert one.dominated == beaten


def test_a_space_that_is_used_up_ends_the_evolution():
    evolution = Evolution((1, 1), settings(population=4, offspring=4), 0)
    asked = []
    while genomes := evolution.ask():
        asked += genomes
        evolution.tell([(float(sum(genome)), 0.0) for genome in genomes])
    assert len({tuple(genome) for genome in asked}) == len(asked) <= 4
    assert evolution.survivors()


def test_ranks_crowding_and_survival():
    example = VECTORS["nsganet"]["nsga2_example"]
    population = Population.new(X=np.arange(12)[:, None], F=np.array(example["F"]))
    RankAndCrowding().do(
        Problem(n_var=1, n_obj=2), population, random_state=stream("survival"), n_survive=12
    )
    for rank, front in enumerate(example["fronts"]):
        for member, crowding in zip(front["members"], front["crowding"], strict=True):
            assert population[member].get("rank") == rank
            found = population[member].get("crowding")
            assert found == pytest.approx(float(crowding), rel=1e-9)
    kept = RankAndCrowding().do(
        Problem(n_var=1, n_obj=2), population, random_state=stream("survival"), n_survive=7
    )
    assert sorted(int(member.X[0]) for member in kept) == sorted(example["fronts"][0]["members"])


def flips(mutation, values, draws=20_000):
    """Return how often a gene of so many values, drawn uniformly, changes under mutation."""
    problem = Problem(n_var=1, n_obj=2, xl=0, xu=np.array([values - 1]), vtype=int)
    before = stream("genes", values).integers(0, values, (draws, 1))
    population = Population.new(X=before.copy())
    after = mutation(problem, population, random_state=stream("mutation", values)).get("X")
    assert after.min() >= 0 and after.max() < values
    return float((after != before).mean())


def chance_of_change(values, eta=3.0):
    """Return, from the polynomial's distribution, how often a drawn gene of so many values changes.

    A move by the share d of the range, to one side, is larger than t with the probability
    ((1 - t)^(eta+1) - a) / (1 - a), where a = (1 - distance to the bound)^(eta+1).
    """
    stay, power = (1 - 0.5 / values) ** (eta + 1), []
    for value in range(values):
        for distance in ((value + 0.5) / values, (values - value - 0.5) / values):
            bound = (1 - distance) ** (eta + 1)
            power.append(max(stay - bound, 0) / (1 - bound))
    return float(np.mean(power))


@pytest.mark.parametrize("values", [2, 3, 4, 5, 6, 9])
def test_a_gene_that_is_drawn_changes_as_often_as_the_polynomial_says(values):
    found = flips(IntegerPolynomialMutation(3.0, 1.0), values)
    assert found == pytest.approx(chance_of_change(values), abs=4 * math.sqrt(0.25 / 20_000))


def test_chances_of_change():
    found = [round(chance_of_change(values), 2) for values in (9, 2, 3, 5, 6)]
    assert found == [0.67, 0.16, 0.31, 0.50, 0.56]


def test_the_librarys_own_mutation_would_neglect_the_outermost_values():
    stock = PM(eta=3, prob=1.0, prob_var=1.0, vtype=float, repair=RoundingRepair())
    assert flips(stock, 2) < 0.06


def test_each_gene_is_drawn_on_its_own():
    problem = Problem(n_var=40, n_obj=2, xl=0, xu=np.full(40, 8), vtype=int)
    before = np.full((4000, 40), 4)
    population = Population.new(X=before.copy())
    mutation = IntegerPolynomialMutation(3.0, 1 / 40)
    after = mutation(problem, population, random_state=stream("drawn")).get("X")
    changed = (after != before).sum(axis=1)
    rate = (after != before).mean() * 40
    assert 0.55 < rate < 0.8
    assert (changed == 0).mean() == pytest.approx((1 - rate / 40) ** 40, abs=0.03)


def hidden_distance(seed, told):
    """Return an error, the genes that differ from a hidden genome; untold, it is noise."""
    target = stream("target", seed).integers(0, np.array(UPPER_BOUNDS) + 1)
    noise = stream("noise", seed)

    def worth(genome):
        error = float((np.array(genome) != target).sum())
        return (error if told else float(noise.random())), 0.0

    return worth, lambda genome: float((np.array(genome) != target).sum())


def beats_random(seed, told):
    """Whether an evolution comes nearer to the hidden genome than as many random genomes."""
    worth, distance = hidden_distance(seed, told)
    evolution, _ = run(seed, worth, population=10, offspring=10, generations=12)
    best = min(evolution.survivors(), key=lambda survivor: survivor.objectives)
    random = run(seed + 1000, worth, population=120, generations=1)[1][0]
    rival = min(random, key=worth) if told else random[0]
    return distance(best.genome) < distance(rival)


def test_it_finds_a_hidden_genome_that_random_search_does_not():
    """19 of 20 (95 % interval 75 to 100 %); 4 of 20 (6 to 44 %) where errors tell nothing."""
    found = sum(beats_random(seed, told=True) for seed in range(20))
    control = sum(beats_random(seed, told=False) for seed in range(20))
    assert binomtest(found, 20).proportion_ci().low > 0.5
    assert binomtest(control, 20).proportion_ci().low < 0.5
