"""StacNAS must find the one operation that works, and find nothing where none does.

Images are those of DARTS's test. Each seed makes another of six operations the working one, a
convolution; the skip connection, which is a group by itself, is left out. Where the operation does
not represent its group, the representative works in part (convolution and noise); all others are
noise. A seed succeeds where 7 or more of the 16 edges kept carry the operation. Guessing edge by
edge, first the group and then the operation, a seed would succeed with a probability of 0.2 %.
"""

import pytest
import torch
from scipy.stats import binom
from torch import Tensor, nn

from gradient_toys import made_up_data
from naseval.methods.stacnas.search import GROUPS, search
from naseval.networks.operations import OPERATIONS
from naseval.training.loop import EpochLoop
from rigged_operations import CANDIDATES as NAMES
from rigged_operations import fails, works
from staged_toys import stacnas_settings
from success import success_interval

CANDIDATES = [name for name in NAMES if name != "skip_connect"]
ENOUGH = 7
GUESSING = float(binom.sf(ENOUGH - 1, 16, 1 / (2 * len(GROUPS))))
SETTINGS = stacnas_settings(
    batch_size=16,
    channels=4,
    cells=(3, 3),
    weights={"learning_rate": 0.1},
    architecture={"learning_rate": 0.05},
)


class Noisy(nn.Module):
    """A working operation whose output drowns in part."""

    def __init__(self, operation: nn.Module) -> None:
        super().__init__()
        self.operation = operation

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.operation(x)
        return out + torch.randn_like(out)


def works_in_part(channels: int, stride: int, affine: bool) -> nn.Module:
    return Noisy(works(channels, stride, affine))


def edges_found(seed: int, rigged: bool = True) -> int:
    """Return how many of the 16 edges kept have the seed's operation; only if `rigged` it works."""
    chosen = CANDIDATES[seed % len(CANDIDATES)]
    table = dict.fromkeys(NAMES, fails)
    if rigged:
        (representative,) = (name for name, group in GROUPS.items() if chosen in group)
        table[representative] = works_in_part
        table[chosen] = works
    with pytest.MonkeyPatch.context() as patch:
        for name, operation in table.items():
            patch.setitem(OPERATIONS, name, operation)
        found = search(made_up_data(160, 160), SETTINGS, seed=seed, loop=EpochLoop()).genotype
    return (found.normal.operations + found.reduce.operations).count(chosen)


def interval(seeds: int, rigged: bool = True) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(seed, rigged) for seed in range(seeds)]
    return success_interval(f"StacNAS, rigged {rigged}", counts, ENOUGH)


SEEDS = [pytest.param(6, id="few"), pytest.param(24, id="many", marks=pytest.mark.slow)]


@pytest.mark.parametrize("seeds", SEEDS)
def test_the_working_operation_is_found(seeds):
    low, _ = interval(seeds)
    assert low > 10 * GUESSING


@pytest.mark.parametrize("seeds", SEEDS)
def test_nothing_is_found_where_nothing_works(seeds):
    low, high = interval(seeds, rigged=False)
    assert low <= GUESSING <= high
