"""ENAS must find the one operation that works, and find nothing where all work alike.

Each seed makes another of the five operations the good one. A seed succeeds where 12 or more of
the 20 edges of its result carry it. A controller that settled on any operation, whatever it was
told, would succeed with a probability of 1 in 5; one that settled on none, of 1 in 9,800.
"""

import pytest

from controller_toys import enas_settings
from gradient_toys import made_up_data
from naseval.methods.enas.search import search
from naseval.spaces.enas.space import OPERATIONS
from naseval.training.loop import EpochLoop
from rigged import RiggedEnas, good_edges, rig
from success import success_interval

ENOUGH = 12
GUESSING = 1 / len(OPERATIONS)
SETTINGS = enas_settings(
    epochs=3,
    batch_size=32,
    weights={"learning_rate": 2.0, "restarts": None},
    controller={
        "initial_bias": (0, 0, 0, 0, 0),
        "normal_bonus": (0, 0, 0, 0, 0),
        "temperature": None,
        "tanh_constant": 2.5,
        "updates": 25,
        "samples_per_update": 10,
        "entropy_weight": 0.0,
        "baseline_decay": 0.9,
        "optimizer": {"learning_rate": 0.005},
    },
    final_samples=10,
)


def edges_found(seed: int, rigged: bool) -> int:
    """Return how many edges have the seed's operation; only if `rigged` is that better."""
    good = OPERATIONS[seed % len(OPERATIONS)]
    with pytest.MonkeyPatch.context() as patch:
        rig(patch, "naseval.methods.enas.search.EnasSupernet", RiggedEnas, good if rigged else None)
        data = made_up_data(256, 256, classes=4)
        found = search(data, SETTINGS, seed=seed, loop=EpochLoop()).genotype
    return good_edges(found, good)


def interval(seeds: int, rigged: bool) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(seed, rigged) for seed in range(seeds)]
    return success_interval(f"rigged {rigged}", counts, ENOUGH)


SEEDS = [
    pytest.param(5, id="few"),
    pytest.param(20, id="many", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("seeds", SEEDS)
def test_the_working_operation_is_found(seeds):
    low, _ = interval(seeds, rigged=True)
    assert low > GUESSING


@pytest.mark.parametrize("seeds", SEEDS)
def test_nothing_is_found_where_all_work_alike(seeds):
    low, high = interval(seeds, rigged=False)
    assert low <= GUESSING
    assert high < 1
