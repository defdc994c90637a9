"""The space of CNAS."""

import math
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures_wiring import VECTORS, genotype
from naseval.errors import GenotypeError
from naseval.genotype import Genotype
from naseval.randomness import stream
from naseval.spaces import get_space

SPACE = get_space("cnas")


@given(st.integers(0, 10**9))
@settings(max_examples=50)
def test_samples_lie_in_the_space(index):
    drawn = SPACE.sample(stream("cnas", index))
    SPACE.validate(drawn)
    assert drawn == Genotype.from_json(drawn.to_json())
    assert "none" not in drawn.normal.operations + drawn.reduce.operations
    for cell in (drawn.normal, drawn.reduce):
        assert len(cell.nodes) == 6
        assert cell.concat == (2, 3, 4, 5, 6, 7)


def test_samples_are_uniform():
    drawn = [SPACE.sample(stream("cnas", index)) for index in range(1000)]
    counts = Counter(name for each in drawn for name in each.normal.operations)
    spread = math.sqrt(12_000 / 7 * 6 / 7)
    assert set(counts) == set(SPACE.operations) - {"none"}
    assert all(abs(count - 12_000 / 7) < 4 * spread for count in counts.values())
    pairs = Counter(frozenset(i for _, i in each.reduce.nodes[5]) for each in drawn)
    assert len(pairs) == math.comb(7, 2)
    assert all(abs(count - 1000 / 21) < 4.5 * math.sqrt(1000 / 21) for count in pairs.values())


@pytest.mark.parametrize("name", VECTORS["cnas"]["genotypes"])
def test_published_cells(name):
    found = genotype("cnas", name)
    if len(found.normal.nodes) == 6:
        SPACE.validate(found)
    else:
        with pytest.raises(GenotypeError, match="in the space cnas it must have 6"):
            SPACE.validate(found)


def test_the_spaces_come_without_torch():
    code = (
        "import sys; from naseval.spaces import get_space\n"
        "get_space('cnas'); get_space('nsganet'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
