"""DARTS must find the one operation that works, and find nothing where none does.

Each seed makes another of the seven operations the working one (a convolution), and the six
others noise. A seed succeeds where more than a third of the 16 edges kept, 6 or more, carry it.
Guessing edge by edge, a seed would succeed with a probability of 2 %.
"""

import pytest
from scipy.stats import binom

from gradient_toys import darts_settings, made_up_data
from naseval.methods.darts.search import search
from naseval.networks.operations import OPERATIONS
from naseval.training.loop import EpochLoop
from rigged_operations import CANDIDATES, fails, works
from success import success_interval

ENOUGH = 6
GUESSING = float(binom.sf(ENOUGH - 1, 16, 1 / len(CANDIDATES)))


def edges_found(seed: int, order: int, rigged: bool = True) -> int:
    """Return how many of the 16 edges kept have the seed's operation; only if `rigged` it works."""
    chosen = CANDIDATES[seed % len(CANDIDATES)]
    settings = darts_settings(
        order=order,
        epochs=2,
        batch_size=16,
        channels=4,
        weights={"learning_rate": 0.1},
        architecture={"learning_rate": 0.05},
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in CANDIDATES:
            patch.setitem(OPERATIONS, name, works if rigged and name == chosen else fails)
        found = search(made_up_data(160, 160), settings, seed=seed, loop=EpochLoop()).genotype
    return (found.normal.operations + found.reduce.operations).count(chosen)


def interval(seeds: int, order: int, rigged: bool = True) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(seed, order, rigged) for seed in range(seeds)]
    return success_interval(f"order {order}, rigged {rigged}", counts, ENOUGH)


SEEDS = [
    pytest.param({1: 7, 2: 3}, id="few"),
    pytest.param({1: 28, 2: 28}, id="many", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("order", [1, 2])
def test_the_working_operation_is_found(order, seeds):
    low, _ = interval(seeds[order], order)
    assert low > 10 * GUESSING


@pytest.mark.parametrize("seeds", SEEDS)
def test_nothing_is_found_where_nothing_works(seeds):
    low, high = interval(seeds[1], 1, rigged=False)
    assert low <= GUESSING <= high
