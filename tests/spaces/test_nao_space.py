import pytest

from fixtures_wiring import VECTORS
from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_space
from naseval.spaces.enas.space import OPERATIONS, genotype_of, integers_of
from naseval.spaces.nao.space import README_OPERATIONS, RELEASED_OPERATIONS

SEARCHED = [name for name in VECTORS["nao"]["genotypes"] if name != "NAONet_A"]


@pytest.mark.parametrize("name", SEARCHED)
def test_published_integers(name):
    entry = VECTORS["nao"]["genotypes"][name]
    integers = entry["integers"]["normal"] + entry["integers"]["reduce"]
    found = genotype_of("nao", integers)
    assert found == Genotype.from_dict(entry)
    assert list(integers_of(found)) == integers
    get_space("nao").validate(found)


def test_the_search_space_is_that_of_enas():
    drawn = [get_space(space).sample(stream("same")) for space in ("enas", "nao")]
    assert drawn[0].to_dict() == {**drawn[1].to_dict(), "space": "enas"}


def test_the_readme_draws_from_eleven_integers_of_ten_operations():
    drawn = [get_space("nao").sample(stream("eleven", i), "uniform11") for i in range(300)]
    found = [name for genotype in drawn for name in genotype.normal.operations]
    assert set(found) == set(README_OPERATIONS) == set(RELEASED_OPERATIONS[:11])
    assert len(README_OPERATIONS) == 11
    share = {name: found.count(name) / len(found) for name in README_OPERATIONS}
    for name in share:
        expected = README_OPERATIONS.count(name) / 11
        assert share[name] == pytest.approx(expected, abs=0.02)
    searched = [get_space("nao").sample(stream("five", i)) for i in range(100)]
    assert {name for g in searched for name in g.reduce.operations} == set(OPERATIONS)
