"""NSGA-Net must find networks that carry the signal, and find nothing where none does.

Each seed makes another of the nine operations the working one (a convolution); the eight others
put out noise. A network carries the signal where the working operation alone links the image to
the last cell's output. A seed succeeds where the search's result does; of random genotypes 9 %
do.
"""

import pytest
import torch
from scipy.stats import binomtest
from torch import Tensor, nn

from gradient_toys import made_up_data
from naseval.genotype import Cell, Genotype
from naseval.methods.nsganet.search import search
from naseval.networks.operations import relu_conv_norm
from naseval.randomness import stream
from naseval.spaces.nsganet.network import NSGANET_OPERATIONS
from naseval.spaces.nsganet.space import OPERATIONS, SPACE
from naseval.training.loop import EpochLoop
from nsganet_toys import nsganet_settings


class Noise(nn.Module):
    """An operation that tells nothing of its input."""

    def __init__(self, _channels: int, stride: int, _affine: bool) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        return torch.randn_like(x[:, :, :: self.stride, :: self.stride])


def works(channels: int, stride: int, affine: bool) -> nn.Module:
    return relu_conv_norm(channels, channels, 1, stride, affine)


def carries(genotype: Genotype, working: str) -> bool:
    """Whether the signal reaches the end of a normal and two reduction cells."""
    first, second = True, True
    for cell in (genotype.normal, genotype.reduce, genotype.reduce):
        first, second = second, _reaches(cell, first, second, working)
    return second


def _reaches(cell: Cell, first: bool, second: bool, working: str) -> bool:
    states = [first, second]
    for node in cell.nodes:
        states.append(any(name == working and states[source] for name, source in node))
    return any(states[index] for index in cell.concat)


def chance() -> float:
    drawn = (SPACE.sample(stream("carries", index)) for index in range(2000))
    return sum(carries(genotype, OPERATIONS[0]) for genotype in drawn) / 2000


def succeeds(seed: int, rigged: bool) -> bool:
    """Search with the seed's operation working, or with none that does."""
    working = OPERATIONS[seed % len(OPERATIONS)]
    settings = nsganet_settings(
        population=16,
        offspring=16,
        generations=3,
        epochs=1,
        batch_size=16,
        channels=4,
        weights={"learning_rate": 0.1},
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in OPERATIONS:
            patch.setitem(NSGANET_OPERATIONS, name, works if rigged and name == working else Noise)
        found = search(made_up_data(160, 80), settings, seed=seed, loop=EpochLoop()).genotype
    return carries(found, working)


def successes(seeds: range, rigged: bool) -> int:
    return sum(succeeds(seed, rigged) for seed in seeds)


def test_the_chance_of_a_random_genotype():
    assert binomtest(round(chance() * 2000), 2000, 0.092).pvalue > 0.001


def test_more_seeds_find_the_signal_than_by_chance():
    assert binomtest(successes(range(6), rigged=True), 6).proportion_ci().low > 0.092


def test_where_nothing_works_nothing_is_found():
    assert successes(range(2), rigged=False) == 0


@pytest.mark.slow
def test_seeds_find_the_signal_and_controls_do_not():
    found, control = successes(range(18), rigged=True), successes(range(18), rigged=False)
    assert binomtest(found, 18).proportion_ci().low > 3 * 0.092
    assert binomtest(control, 18).proportion_ci().low < 0.092
