"""NAO must find the one operation that works, and find nothing where all work alike.

Each seed makes another of the five operations the good one. A seed succeeds where 12 or more of
the 20 edges of its result carry it: for the best of all random architectures looked at, 1 in 70. A
search that drifted to any operation, whatever it was told, would succeed with a probability of
1 in 5.
"""

import pytest

from controller_toys import nao_settings
from gradient_toys import made_up_data
from naseval.methods.nao.search import search
from naseval.spaces.enas.space import OPERATIONS
from naseval.training.loop import EpochLoop
from rigged import RiggedNao, good_edges, rig
from success import success_interval

ENOUGH = 12
SETTINGS = nao_settings(
    epochs=6,
    evaluate_every=3,
    batch_size=32,
    evaluation_batch_size=256,
    weights={"learning_rate": 2.0},
    sampling="uniform",
    seed_pool=120,
    new_per_round=60,
    random_per_round=20,
    parents=20,
    predictor={"epochs": 60, "batch_size": 30, "initial_range": 0.15, "dropout": 0.0},
)
GUESSING = 1 / len(OPERATIONS)


def edges_found(seed: int, rigged: bool) -> int:
    """Return how many edges have the seed's operation; only if `rigged` is that better."""
    good = OPERATIONS[seed % len(OPERATIONS)]
    with pytest.MonkeyPatch.context() as patch:
        rig(patch, "naseval.methods.nao.search.NaoSupernet", RiggedNao, good if rigged else None)
        data = made_up_data(256, 256, classes=4)
        found = search(data, SETTINGS, seed=seed, loop=EpochLoop()).genotype
    return good_edges(found, good)


def interval(seeds: int, rigged: bool) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(seed, rigged) for seed in range(seeds)]
    return success_interval(f"rigged {rigged}", counts, ENOUGH)


@pytest.mark.parametrize(
    "seeds", [pytest.param(3, id="few"), pytest.param(15, id="many", marks=pytest.mark.slow)]
)
def test_the_working_operation_is_found(seeds):
    low, _ = interval(seeds, rigged=True)
    assert low > GUESSING


@pytest.mark.parametrize(
    "seeds", [pytest.param(2, id="few"), pytest.param(15, id="many", marks=pytest.mark.slow)]
)
def test_nothing_is_found_where_all_work_alike(seeds):
    low, high = interval(seeds, rigged=False)
    assert low <= GUESSING
    assert high < 1
