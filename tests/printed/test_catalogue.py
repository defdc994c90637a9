"""The printed cells have the numbers of parameters that were counted elsewhere."""

import pytest
import torch

from naseval.errors import NasevalError
from naseval.networks.cost import parameters
from naseval.networks.shape import Skeleton
from naseval.printed.catalogue import printed_cells, printed_genotype
from naseval.spaces import get_space, space_names
from naseval.spaces.darts.parameters import count_parameters
from naseval.spaces.pdarts.network import build

BARE = {
    "darts-v1": 3_169_414,
    "darts-v2": 3_349_342,
    "pdarts": 3_433_798,
    "pc-darts": 3_634_678,
    "drnas": 4_099_294,
}
"""Parameters without batch normalisation after pools: 36 channels, 20 cells, 10 classes."""
NORMED = {
    "darts-v1": 3_171_574,
    "darts-v2": 3_351_502,
    "pdarts": 3_434_662,
    "pc-darts": 3_638_134,
    "drnas": 4_099_726,
}
"""The same in our networks of the space darts, in which it follows pools."""
OTHERWISE = {"snas-mild", "sdarts-rs", "darts-v1"}
"""Cells whose paper prints another number, by more than rounding (docs/printed-cells.md)."""


@pytest.mark.parametrize("key", BARE)
def test_the_parameters_of_the_programs_networks(key):
    genotype = printed_genotype("darts", key)
    with torch.device("meta"):
        network = build(genotype, Skeleton("small", 32, 10, 36, 20, auxiliary=False))
    assert parameters(network, auxiliary=False) == BARE[key]
    assert count_parameters(genotype, channels=36, cells=20, classes=10) == NORMED[key]


@pytest.mark.parametrize("key", sorted(set(printed_cells("darts")) - OTHERWISE))
def test_the_papers_rounded_numbers(key):
    counted = count_parameters(printed_genotype("darts", key), channels=36, cells=20, classes=10)
    assert counted / 1e6 == pytest.approx(printed_cells("darts")[key].parameters, abs=0.06)


def test_all_cells_are_of_their_spaces_and_differ():
    found = {
        (space, key): printed_genotype(space, key)
        for space in space_names()
        for key in printed_cells(space)
    }
    assert len(found) == len(set(found.values())) == 18
    for (space, _), genotype in found.items():
        get_space(space).validate(genotype)


def test_what_was_printed_is_what_is_read():
    naonet = printed_genotype("nao", "naonet-a")
    assert naonet.normal.nodes[0] == (("conv_3x3", 0), ("padded_avg_pool_5x5", 1))
    assert naonet.normal.concat == (3, 5, 6)
    enas = printed_genotype("enas", "enas")
    assert enas.normal.nodes[0] == (("avg_pool_3x3", 0), ("sep_conv_3x3", 0))
    assert printed_genotype("nsganet", "amoebanet-a").reduce.concat == (3, 4, 6)


def test_a_cell_that_is_not_known_is_one_sentence():
    with pytest.raises(NasevalError, match="no cell 'x' of the space modified is known; there are"):
        printed_genotype("modified", "x")
