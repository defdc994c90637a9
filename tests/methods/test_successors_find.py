"""Each method must find the one operation that works, and find nothing where none does.

Images, operations and the limit are those of DARTS's test: each seed makes another of the seven
operations the working one, and a seed succeeds where 6 or more of the 16 edges kept carry it.
Guessing edge by edge, a seed would succeed with a probability of 2 %. DARTS-ES learns as DARTS
does, and its rule has tests of its own; so it is not repeated here.
"""

import pytest
from scipy.stats import binom

from gradient_toys import made_up_data
from naseval.methods import get_method
from naseval.methods._gradient.darts_edges import ALL, EDGES
from naseval.methods.darts_minus import search as darts_minus
from naseval.networks.operations import OPERATIONS, skip_connect
from naseval.training.loop import EpochLoop
from rigged_operations import CANDIDATES, fails, works
from success import success_interval
from successor_toys import settings_of

ENOUGH = 6
GUESSING = float(binom.sf(ENOUGH - 1, 16, 1 / len(CANDIDATES)))
METHODS = {
    "pcdarts": {"channels": 8, "warm_up": 0},
    "sdarts_rs": {},
    "darts_minus": {"beta": 0.2},
}


def edges_found(method: str, seed: int, rigged: bool = True) -> int:
    """Return how many of the 16 edges kept have the seed's operation; only if `rigged` it works."""
    chosen = CANDIDATES[seed % len(CANDIDATES)]
    settings = settings_of(
        method,
        batch_size=16,
        cells=3,
        weights={"learning_rate": 0.1},
        architecture={"learning_rate": 0.05},
        **METHODS[method],
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in CANDIDATES:
            patch.setitem(OPERATIONS, name, works if rigged and name == chosen else fails)
        # The auxiliary skip of DARTS- stays one, whatever becomes of that among the operations.
        patch.setitem(OPERATIONS, "auxiliary", skip_connect)
        patch.setattr(darts_minus, "WITH_AUXILIARY", ((*ALL, "auxiliary"),) * EDGES)
        data = made_up_data(160, 160)
        found = get_method(method).search(data, settings, seed=seed, loop=EpochLoop()).genotype
    return (found.normal.operations + found.reduce.operations).count(chosen)


def interval(method: str, seeds: int, rigged: bool = True) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(method, seed, rigged) for seed in range(seeds)]
    return success_interval(f"{method}, rigged {rigged}", counts, ENOUGH)


SEEDS = [
    pytest.param({True: 3, False: 1}, id="few"),
    pytest.param({True: 21, False: 21}, id="many", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("method", METHODS)
def test_the_working_operation_is_found(method, seeds):
    low, _ = interval(method, seeds[True])
    assert low > 10 * GUESSING


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_found_where_nothing_works(method, seeds):
    low, high = interval(method, seeds[False], rigged=False)
    assert low <= GUESSING <= high
