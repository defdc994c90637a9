"""Parameters counted without torch are those of the network."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from naseval.networks.cost import parameters
from naseval.networks.skeleton import Skeleton
from naseval.spaces import sample
from naseval.spaces.darts.network import build
from naseval.spaces.darts.parameters import count_parameters


@given(
    index=st.integers(0, 10**6),
    sampler=st.sampled_from(["uniform7", "paper_literal8"]),
    channels=st.integers(1, 5).map(lambda half: 2 * half),
    cells=st.integers(1, 8),
    classes=st.integers(2, 20),
)
@settings(max_examples=15)
def test_the_count_is_that_of_the_network(index, sampler, channels, cells, classes):
    genotype = sample("darts", index, sampler)
    with torch.device("meta"):
        network = build(genotype, Skeleton("small", 32, classes, channels, cells, auxiliary=True))
    counted = count_parameters(genotype, channels=channels, cells=cells, classes=classes)
    assert counted == parameters(network, auxiliary=False)


def test_the_network_of_the_paper():
    genotype = sample("darts", 0)
    small, large = (
        count_parameters(genotype, channels=36, cells=20, classes=classes) for classes in (10, 100)
    )
    assert large - small == 90 * (4 * 4 * 36 + 1)
    assert small == pytest.approx(3.3e6, rel=0.5)
