"""CNAS must find the one operation that works, and find nothing where none does.

Each seed makes another of the seven operations the working one (a convolution), and the six
others noise. A seed succeeds where more than a third of the 24 edges kept, 9 or more, carry it.
Guessing edge by edge, a seed would succeed with a probability of 0.4 %.
"""

import pytest
from scipy.stats import binomtest

from cnas_toys import cnas_settings
from gradient_toys import made_up_data
from naseval.methods.cnas.search import search
from naseval.spaces.cnas.network import CNAS_SEARCH_OPERATIONS
from naseval.spaces.cnas.space import SPACE
from naseval.training.loop import EpochLoop
from rigged_operations import fails, works

CANDIDATES = SPACE.operations[1:]
EDGES = 24
ENOUGH = 9
CHANCE = binomtest(ENOUGH, EDGES, 1 / len(CANDIDATES), alternative="greater").pvalue


def succeeds(seed: int, rigged: bool) -> bool:
    """Search with the seed's operation working, or with none that does."""
    chosen = CANDIDATES[seed % len(CANDIDATES)]
    settings = cnas_settings(
        batch_size=16, channels=4, cutout=0, architecture={"learning_rate": 0.05}
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in CANDIDATES:
            working = works if rigged and name == chosen else fails
            patch.setitem(CNAS_SEARCH_OPERATIONS, name, working)
        found = search(made_up_data(160, 160), settings, seed=seed, loop=EpochLoop()).genotype
    return (found.normal.operations + found.reduce.operations).count(chosen) >= ENOUGH


def successes(seeds: range, rigged: bool) -> int:
    return sum(succeeds(seed, rigged) for seed in seeds)


def test_three_of_three_find_the_working_operation():
    found = successes(range(3), rigged=True)
    assert binomtest(found, 3).proportion_ci().low > CHANCE  # of 3 successes: 29 to 100 %
    assert found == 3


def test_where_nothing_works_nothing_is_found():
    assert successes(range(2), rigged=False) == 0


@pytest.mark.slow
def test_seeds_find_the_working_operation_and_controls_do_not():
    found, control = successes(range(14), rigged=True), successes(range(14), rigged=False)
    assert binomtest(found, 14).proportion_ci().low > 0.7
    assert binomtest(control, 14).proportion_ci().low <= CHANCE
