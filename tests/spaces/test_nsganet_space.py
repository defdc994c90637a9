"""The space of NSGA-Net and its integer encoding."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures_wiring import VECTORS, genotype
from naseval.errors import GenotypeError
from naseval.genotype import Cell, Genotype
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.spaces.nsganet.space import OPERATIONS, UPPER_BOUNDS, decode, encode, loose_ends

SPACE = get_space("nsganet")
CELLS = VECTORS["nsganet"]["genotypes"]
GENOMES = st.tuples(*(st.integers(0, bound) for bound in UPPER_BOUNDS))


def test_bounds_of_the_genes():
    assert list(UPPER_BOUNDS) == VECTORS["nsganet"]["gene_upper_bounds"]


@pytest.mark.parametrize("name", [name for name, cells in CELLS.items() if "genome" in cells])
def test_published_genomes(name):
    assert decode(CELLS[name]["genome"]) == genotype("nsganet", name)
    assert encode(genotype("nsganet", name)) == CELLS[name]["genome"]


@pytest.mark.parametrize("name", CELLS)
def test_published_cells(name):
    found = genotype("nsganet", name)
    for cell in (found.normal, found.reduce):
        assert cell.concat == loose_ends(cell.nodes) or name == "DARTS"
    if name == "DARTS":  # four blocks, all of them put out
        with pytest.raises(GenotypeError, match="it must have 5"):
            SPACE.validate(found)
    else:
        SPACE.validate(found)


@given(GENOMES)
@settings(max_examples=200)
def test_genomes_and_genotypes_are_one_to_one(genome):
    decoded = decode(genome)
    SPACE.validate(decoded)
    assert encode(decoded) == list(genome)
    assert Genotype.from_json(decoded.to_json()) == decoded
    for cell in (decoded.normal, decoded.reduce):
        read = {source for node in cell.nodes for _, source in node}
        assert cell.concat[-1] == 6
        assert set(cell.concat) | read >= {2, 3, 4, 5, 6}
        assert not set(cell.concat) & (read | {0, 1})


@given(st.integers(0, 10**9))
@settings(max_examples=50)
def test_samples_lie_in_the_space(index):
    drawn = SPACE.sample(stream("nsganet", index))
    SPACE.validate(drawn)
    assert drawn == SPACE.sample(stream("nsganet", index))


def test_samples_are_uniform_genomes():
    genomes = [encode(SPACE.sample(stream("nsganet", index))) for index in range(1800)]
    for gene, bound in enumerate(UPPER_BOUNDS):
        counts = Counter(genome[gene] for genome in genomes)
        share = 1 / (bound + 1)
        spread = math.sqrt(1800 * share * (1 - share))
        assert set(counts) == set(range(bound + 1))
        assert all(abs(count - 1800 * share) < 5 * spread for count in counts.values())


def test_a_block_may_read_one_state_twice_but_must_put_out_what_is_loose():
    node = (("skip_connect", 0), ("skip_connect", 0))
    cell = Cell((node,) * 5, (2, 3, 4, 5, 6))
    SPACE.validate(Genotype("nsganet", cell, cell))
    with pytest.raises(GenotypeError, match=r"concatenates \[5, 6\]; .* \[2, 3, 4, 5, 6\]"):
        SPACE.validate(Genotype("nsganet", Cell((node,) * 5, (5, 6)), cell))


def test_operations_are_nine():
    assert len(OPERATIONS) == 9 == max(UPPER_BOUNDS) + 1
