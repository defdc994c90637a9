"""Neighbours and mutations of every space."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_neighbourhood, get_space, sample, space_names
from naseval.spaces.pdarts.space import MOST_SKIPS, skips

SPACES = pytest.mark.parametrize("space", space_names())


def edges(genotype):
    """All edges of both cells, in order."""
    return [edge for cell in (genotype.normal, genotype.reduce) for n in cell.nodes for edge in n]


def decisions_changed(one, two):
    return sum(
        (left[0] != right[0]) + (left[1] != right[1])
        for left, right in zip(edges(one), edges(two), strict=True)
    )


@SPACES
@given(index=st.integers(0, 10**6))
@settings(max_examples=10)
def test_neighbours_are_distinct_valid_and_one_decision_away(space, index):
    genotype = sample(space, index)
    found = get_neighbourhood(space).neighbours(genotype)
    assert len(set(found)) == len(found)
    for neighbour in found:
        get_space(space).validate(neighbour)
        assert decisions_changed(genotype, neighbour) == 1


@SPACES
@given(index=st.integers(0, 10**6), other=st.integers(0, 10**6))
@settings(max_examples=10)
def test_neighbours_are_mutual(space, index, other):
    neighbourhood = get_neighbourhood(space)
    genotype = sample(space, index)
    neighbours = neighbourhood.neighbours(genotype)
    assert genotype in neighbourhood.neighbours(neighbours[other % len(neighbours)])


@SPACES
@given(index=st.integers(0, 10**6))
@settings(max_examples=20)
def test_a_mutation_is_a_neighbour(space, index):
    neighbourhood = get_neighbourhood(space)
    genotype = sample(space, index)
    rng = stream(index, "mutation")
    neighbours = set(neighbourhood.neighbours(genotype))
    assert {neighbourhood.mutate(genotype, rng) for _ in range(5)} <= neighbours


@SPACES
def test_mutations_reach_every_neighbour_and_both_kinds_alike(space):
    neighbourhood = get_neighbourhood(space)
    genotype = sample(space, 3)
    drawn = Counter(neighbourhood.mutate(genotype, stream(i, "mutation")) for i in range(2000))
    assert len(drawn) > 0.9 * len(neighbourhood.neighbours(genotype))
    inputs = sum(
        count
        for found, count in drawn.items()
        if [source for _, source in edges(found)] != [source for _, source in edges(genotype)]
    )
    # Of the nodes of a space with distinct inputs, the first has no other inputs to choose.
    nodes = get_space(space).nodes
    share = 0.5 if not get_space(space).distinct_inputs else (nodes - 1) / (2 * nodes - 1)
    assert abs(inputs / 2000 - share) < 4 * (0.25 / 2000) ** 0.5


def test_how_many_neighbours_a_genotype_of_darts_has():
    # Each of 16 edges has 6 other operations. Each of the two edges of a node, in both cells, can
    # read what neither of them reads: 0, 1, 2 or 3 states.
    found = get_neighbourhood("darts").neighbours(sample("darts", 0))
    assert len(found) == 16 * 6 + 2 * 2 * (0 + 1 + 2 + 3)


@SPACES
@given(index=st.integers(0, 10**6))
@settings(max_examples=5)
def test_only_operations_of_the_default_sampler_are_brought_in(space, index):
    known = {operation for i in range(60) for operation, _ in edges(sample(space, i))}
    brought = {
        operation
        for neighbour in get_neighbourhood(space).neighbours(sample(space, index))
        for operation, _ in edges(neighbour)
    }
    assert brought == known


def test_pdarts_never_gets_a_third_skip():
    neighbourhood = get_neighbourhood("pdarts")
    drawn = (sample("pdarts", index) for index in range(100))
    full = next(genotype for genotype in drawn if skips(genotype.normal) == MOST_SKIPS)
    found = neighbourhood.neighbours(full)
    assert max(skips(neighbour.normal) for neighbour in found) == MOST_SKIPS
    assert max(skips(neighbour.reduce) for neighbour in found) > skips(full.reduce)


@pytest.mark.parametrize("space", ["enas", "nao", "nsganet"])
def test_the_output_follows_the_changed_inputs(space):
    neighbourhood = get_neighbourhood(space)
    genotype = sample(space, 1)
    outputs = {neighbour.normal.concat for neighbour in neighbourhood.neighbours(genotype)}
    assert len(outputs) > 1
    assert all(isinstance(neighbour, Genotype) for neighbour in neighbourhood.neighbours(genotype))
