"""P-DARTS must find the one operation that works, and find nothing where none does.

Images and rigged operations are those of DARTS's test, where a working operation is a convolution
and the others are noise. Each seed makes another of six operations the working one; the skip
connection, of which the normal cell may not be full, is left out. A seed succeeds where 7 or more
of the 16 edges kept carry it. Guessing edge by edge among the six, a seed would succeed with a
probability of 1 %.
"""

import pytest
from scipy.stats import binom

from gradient_toys import made_up_data
from naseval.methods.pdarts.search import search
from naseval.networks.operations import OPERATIONS
from naseval.spaces.pdarts.space import SPACE
from naseval.training.loop import EpochLoop
from rigged_operations import fails, works
from staged_toys import pdarts_settings
from success import success_interval

NAMES = [name for name in SPACE.operations if name != "none"]
CANDIDATES = [name for name in NAMES if name != "skip_connect"]
ENOUGH = 7
GUESSING = float(binom.sf(ENOUGH - 1, 16, 1 / len(CANDIDATES)))
SETTINGS = pdarts_settings(
    epochs=2,
    warm_up=0,
    batch_size=16,
    channels=4,
    cells=(3, 3, 3),
    weights={"learning_rate": 0.1},
    architecture={"learning_rate": 0.05},
)


def edges_found(seed: int, rigged: bool = True) -> int:
    """Return how many of the 16 edges kept have the seed's operation; only if `rigged` it works."""
    chosen = CANDIDATES[seed % len(CANDIDATES)]
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.setitem(OPERATIONS, name, works if rigged and name == chosen else fails)
        found = search(made_up_data(96, 96), SETTINGS, seed=seed, loop=EpochLoop()).genotype
    SPACE.validate(found)
    return (found.normal.operations + found.reduce.operations).count(chosen)


def interval(seeds: int, rigged: bool = True) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(seed, rigged) for seed in range(seeds)]
    return success_interval(f"P-DARTS, rigged {rigged}", counts, ENOUGH)


SEEDS = [pytest.param(4, id="few"), pytest.param(24, id="many", marks=pytest.mark.slow)]


@pytest.mark.parametrize("seeds", SEEDS)
def test_the_working_operation_is_found(seeds):
    low, _ = interval(seeds)
    assert low > 10 * GUESSING


@pytest.mark.parametrize("seeds", SEEDS)
def test_nothing_is_found_where_nothing_works(seeds):
    low, high = interval(seeds, rigged=False)
    assert low <= GUESSING <= high
