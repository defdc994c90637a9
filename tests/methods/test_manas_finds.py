"""MANAS and MANAS-LS must find the one operation that works, and nothing where none does.

Each seed makes another of the seven operations the working one (a convolution), and the six
others noise. A seed succeeds where 5 or more of the 16 edges kept carry it. Guessing edge by
edge, a seed would succeed with a probability of 7 %. Settings and threshold were chosen on
seeds 0 to 5, which are not used here.
"""

import pytest
import torch
from scipy.stats import binom
from torch import Tensor, nn

from gradient_toys import made_up_data
from manas_toys import manas_ls_settings, manas_settings
from naseval.methods import get_method
from naseval.networks.operations import OPERATIONS, relu_conv_norm
from naseval.spaces.darts.space import SPACE
from naseval.training.loop import EpochLoop
from success import success_interval

CANDIDATES = [name for name in SPACE.operations if name != "none"]
ENOUGH = 5
GUESSING = float(binom.sf(ENOUGH - 1, 16, 1 / len(CANDIDATES)))
FIRST_SEED = 6

TOY = {"batch_size": 16, "channels": 4, "weights": {"learning_rate": 0.05}}
# Losses go from ln 2 to almost 0 here, hence the baseline; rounds per epoch: 100 and 300.
HEAT = {"start": 10.0, "end": 5.0}
SETTINGS = {
    "manas": (1600, manas_settings(**TOY, epochs=5, baseline=0.4, temperature=HEAT)),
    "manas_ls": (4800, manas_ls_settings(**TOY, epochs=2)),
}


class Noise(nn.Module):
    """An operation that tells nothing of its input."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * torch.randn_like(x[:, :, :: self.stride, :: self.stride])


def works(channels: int, stride: int, affine: bool) -> nn.Module:
    return relu_conv_norm(channels, channels, 1, stride, affine)


def fails(_channels: int, stride: int, _affine: bool) -> nn.Module:
    return Noise(stride)


def edges_found(name: str, seed: int, rigged: bool) -> int:
    """Return how many of the 16 edges kept have the seed's operation; only if `rigged` it works."""
    chosen = CANDIDATES[seed % len(CANDIDATES)]
    images, settings = SETTINGS[name]
    with pytest.MonkeyPatch.context() as patch:
        for each in CANDIDATES:
            patch.setitem(OPERATIONS, each, works if rigged and each == chosen else fails)
        data = made_up_data(images, images)
        found = get_method(name).search(data, settings, seed=seed, loop=EpochLoop()).genotype
    return (found.normal.operations + found.reduce.operations).count(chosen)


def interval(name: str, seeds: int, rigged: bool) -> tuple[float, float]:
    """Return the 95 % interval (Clopper and Pearson) of the probability of success."""
    counts = [edges_found(name, FIRST_SEED + seed, rigged) for seed in range(seeds)]
    return success_interval(f"{name}, rigged {rigged}", counts, ENOUGH)


@pytest.mark.parametrize(
    ("name", "seeds"),
    [
        ("manas", 3),
        ("manas_ls", 3),
        pytest.param("manas", 14, marks=pytest.mark.slow),
        pytest.param("manas_ls", 14, marks=pytest.mark.slow),
    ],
)
def test_the_working_operation_is_found(name, seeds):
    low, _ = interval(name, seeds, rigged=True)
    assert low > GUESSING


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_nothing_is_found_where_nothing_works(name):
    low, high = interval(name, 7, rigged=False)
    assert low <= GUESSING <= high
