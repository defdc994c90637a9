from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from fixtures_wiring import VECTORS, genotype
from naseval.errors import GenotypeError
from naseval.genotype import Cell, Genotype
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.spaces.enas.network import translated
from naseval.spaces.enas.space import OPERATIONS, genotype_of, integers_of, loose_ends

NAMES = list(VECTORS["enas"]["genotypes"])
INTEGERS = st.tuples(
    *(
        st.integers(0, bound - 1)
        for _cell in range(2)
        for node in range(5)
        for bound in (2 + node, 5) * 2
    )
)


@pytest.mark.parametrize("name", NAMES)
def test_published_integers(name):
    expected = genotype("enas", name)
    integers = VECTORS["enas"]["genotypes"][name]["integers"]
    assert genotype_of("enas", integers["normal"] + integers["reduce"]) == expected
    assert list(integers_of(expected)) == integers["normal"] + integers["reduce"]
    get_space("enas").validate(expected)


@given(INTEGERS)
def test_integers_and_genotypes_are_the_same(integers):
    found = genotype_of("enas", integers)
    get_space("enas").validate(found)
    assert integers_of(found) == integers
    assert Genotype.from_json(found.to_json()) == found
    for cell in (found.normal, found.reduce):
        read = {source for node in cell.nodes for _, source in node}
        assert read.isdisjoint(cell.concat)
        assert read | set(cell.concat) == set(range(7))
        assert 6 in cell.concat


@pytest.mark.parametrize("space", ["enas", "nao"])
@pytest.mark.parametrize("index", range(5))
def test_samples_are_valid_and_reproducible(space, index):
    chosen = get_space(space)
    for sampler in chosen.samplers:
        drawn = chosen.sample(stream(space, index), sampler)
        chosen.validate(drawn)
        assert drawn == chosen.sample(stream(space, index), sampler)


@pytest.mark.parametrize("space", ["enas", "nao"])
def test_the_default_sampler_is_uniform(space):
    drawn = [get_space(space).sample(stream("uniform", i)) for i in range(800)]
    edges = Counter(
        (kind, node, side, edge)
        for genotype in drawn
        for kind, cell in (("normal", genotype.normal), ("reduce", genotype.reduce))
        for node, pair in enumerate(cell.nodes)
        for side, edge in enumerate(pair)
    )
    for kind in ("normal", "reduce"):
        for node in range(5):
            for side in range(2):
                counts = [
                    edges[kind, node, side, (operation, source)]
                    for operation in OPERATIONS
                    for source in range(2 + node)
                ]
                assert sum(counts) == 800
                assert chisquare(counts).pvalue > 1e-4


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_one_pair_of_inputs_serves_all_nodes(index):
    drawn = get_space("enas").sample(stream(index), "one_pair")
    pairs = {
        tuple(source for _, source in node)
        for cell in (drawn.normal, drawn.reduce)
        for node in cell.nodes
    }
    assert len(pairs) == 1
    assert set(range(2, 7)) <= set(drawn.normal.concat)


def test_one_pair_draws_every_pair_and_operation():
    drawn = [get_space("enas").sample(stream("pairs", i), "one_pair") for i in range(60)]
    assert {tuple(s for _, s in g.normal.nodes[0]) for g in drawn} == {
        (a, b) for a in range(2) for b in range(2)
    }
    assert {o for g in drawn for o in g.normal.operations} == set(OPERATIONS)
    assert any(g.normal.operations != g.reduce.operations for g in drawn)


def test_wrong_concatenations_are_refused():
    right = genotype("enas", "loose_input")
    wrong = Genotype("enas", Cell(right.normal.nodes, (2, 3, 4, 5, 6)), right.reduce)
    with pytest.raises(GenotypeError, match="concatenates"):
        get_space("enas").validate(wrong)


def test_the_translation_concatenates_all_nodes():
    found = translated(genotype("enas", "loose_input"))
    assert found.normal.concat == found.reduce.concat == (2, 3, 4, 5, 6)
    assert found.normal.nodes == genotype("enas", "loose_input").normal.nodes


def test_loose_ends_of_a_chain():
    nodes = tuple((("skip_connect", i), ("skip_connect", i)) for i in range(1, 6))
    assert loose_ends(nodes) == (0, 6)
