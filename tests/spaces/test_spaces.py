import dataclasses
import math
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures_networks import VECTORS, modified, published
from naseval.errors import GenotypeError, NasevalError
from naseval.genotype import Cell, Genotype
from naseval.randomness import stream
from naseval.spaces import get_space

SAMPLERS = [
    ("darts", "uniform7"),
    ("darts", "paper_literal8"),
    ("pdarts", "skips2"),
    ("pdarts", "skips2_both"),
    ("modified", "uniform7"),
]
FACTS = VECTORS["cell_facts"]


def draw(space: str, sampler: str | None, index: int) -> Genotype:
    return get_space(space).sample(stream("test", space, index), sampler)


def operations(genotype: Genotype) -> list[str]:
    return genotype.normal.operations + genotype.reduce.operations


@pytest.mark.parametrize(("space", "sampler"), SAMPLERS)
@given(index=st.integers(0, 10**9))
@settings(max_examples=40)
def test_samples_are_valid_and_reproducible(space, sampler, index):
    genotype = draw(space, sampler, index)
    get_space(space).validate(genotype)
    assert genotype == draw(space, sampler, index)
    assert genotype == Genotype.from_json(genotype.to_json())
    for cell in (genotype.normal, genotype.reduce):
        assert cell.concat == (2, 3, 4, 5)
        assert all(len({source for _, source in node}) == 2 for node in cell.nodes)


@pytest.mark.parametrize("space", ["darts", "modified", "pdarts"])
@given(index=st.integers(0, 10**9))
@settings(max_examples=40)
def test_the_default_sampler_never_draws_none(space, index):
    assert "none" not in operations(draw(space, None, index))


@given(index=st.integers(0, 10**9))
@settings(max_examples=60)
def test_pdarts_samplers_limit_skips(index):
    default = draw("pdarts", None, index)
    assert default == draw("pdarts", "skips2", index)
    assert default.normal.operations.count("skip_connect") <= 2
    assert operations(draw("pdarts", "skips2_both", index)).count("skip_connect") <= 2


def test_pdarts_default_leaves_the_reduction_cell_alone():
    skips = [draw("pdarts", None, i).reduce.operations.count("skip_connect") for i in range(200)]
    assert max(skips) > 2


def test_an_index_does_not_depend_on_how_many_are_drawn():
    alone = draw("darts", None, 17)
    assert [draw("darts", None, i) for i in range(20)][17] == alone
    assert len({draw("darts", None, i) for i in range(214)}) == 214


def test_the_stream_of_architectures_stays_as_it_was():
    assert get_space("darts").sample(stream("golden")).to_dict() == GOLDEN


def test_uniform7_is_uniform():
    drawn = [draw("darts", "uniform7", i) for i in range(1500)]
    counts = Counter(name for genotype in drawn for name in operations(genotype))
    assert len(counts) == 7
    total = 1500 * 16
    spread = math.sqrt(total / 7 * 6 / 7)
    assert all(abs(count - total / 7) < 4 * spread for count in counts.values())
    pairs = Counter(tuple(i for _, i in g.normal.nodes[1]) for g in drawn)
    assert len(pairs) == 6  # three pairs, in both orders
    assert all(abs(n - 250) < 4 * math.sqrt(250 * 5 / 6) for n in pairs.values())


def test_paper_literal8_draws_none_one_time_in_eight():
    drawn = [draw("darts", "paper_literal8", i) for i in range(500)]
    share = sum(operations(genotype).count("none") for genotype in drawn) / (500 * 16)
    assert abs(share - 1 / 8) < 4 * math.sqrt(1 / 8 * 7 / 8 / (500 * 16))


def test_number_of_cells_without_none():
    space, expected = get_space("darts"), FACTS["distinct_discrete_cells_without_none"]
    choices = len([name for name in space.operations if name != "none"])
    pairs = [math.comb(node + 2, 2) for node in range(space.nodes)]
    assert choices == expected["op_choices_per_edge"]
    assert pairs == expected["per_node_edge_pairs"]
    assert choices ** (2 * space.nodes) * math.prod(pairs) == expected["count_per_cell"]


def test_cell_facts():
    space = get_space("darts")
    assert space.nodes == FACTS["intermediate_nodes"]
    assert [node + FACTS["input_nodes"] for node in range(space.nodes)] == FACTS["edges_per_node"]
    assert len(draw("darts", None, 0).normal.operations) == FACTS["kept_edges_in_discrete_cell"]
    assert len(space.operations) == FACTS["ops"]
    assert sum(FACTS["edges_per_node"]) == FACTS["edges_in_supernet_cell"]
    assert FACTS["edges_in_supernet_cell"] * len(space.operations) == FACTS["alphas_per_cell_type"]
    assert 2 * FACTS["alphas_per_cell_type"] == FACTS["alphas_total"]


def test_published_cells_lie_in_their_spaces():
    for name in VECTORS["genotypes"]:
        get_space("darts").validate(published(name))
    for name in VECTORS["modified_op_space"]["cases"]:
        get_space("modified").validate(modified(name))
    get_space("pdarts").validate(published("PDARTS", "pdarts"))


GOLDEN = {
    "space": "darts",
    "normal": [
        [["skip_connect", 0], ["sep_conv_3x3", 1]],
        [["sep_conv_5x5", 2], ["sep_conv_3x3", 0]],
        [["skip_connect", 2], ["sep_conv_5x5", 0]],
        [["sep_conv_3x3", 4], ["skip_connect", 3]],
    ],
    "normal_concat": [2, 3, 4, 5],
    "reduce": [
        [["sep_conv_3x3", 1], ["avg_pool_3x3", 0]],
        [["avg_pool_3x3", 2], ["max_pool_3x3", 1]],
        [["skip_connect", 0], ["dil_conv_3x3", 1]],
        [["skip_connect", 4], ["max_pool_3x3", 2]],
    ],
    "reduce_concat": [2, 3, 4, 5],
}
NODE = (("sep_conv_3x3", 0), ("skip_connect", 1))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (Cell((NODE,) * 3, (2, 3, 4)), "reduction cell has 3 nodes"),
        (
            Cell((NODE[:1], NODE, NODE, NODE), (2, 3, 4, 5)),
            "node 2 .* has 1 edges",
        ),
        (Cell((NODE, NODE, NODE, (NODE[0], ("conv", 1))), (2, 3, 4, 5)), "node 5 .* uses 'conv'"),
        (Cell((NODE, (NODE[0], ("none", 3)), NODE, NODE), (2, 3, 4, 5)), "node 3 .* reads 3"),
        (Cell((NODE, (NODE[0], ("none", -1)), NODE, NODE), (2, 3, 4, 5)), "node 3 .* reads -1"),
        (Cell((NODE, NODE, (NODE[0], NODE[0]), NODE), (2, 3, 4, 5)), "node 4 .* reads 0 twice"),
        (Cell((NODE,) * 4, (2, 3, 4)), r"reduction cell concatenates \[2, 3, 4\]"),
    ],
)
def test_what_lies_outside_is_refused_with_its_place(cell, message):
    genotype = dataclasses.replace(published("DARTS_V2"), reduce=cell)
    with pytest.raises(GenotypeError, match=message):
        get_space("darts").validate(genotype)


def test_spaces_are_not_mixed_up():
    with pytest.raises(GenotypeError, match="of the space 'darts'; expected modified"):
        get_space("modified").validate(published("DARTS_V2"))


def test_pdarts_refuses_skips_in_the_normal_cell_only():
    many = Cell((NODE,) * 4, (2, 3, 4, 5))
    few = draw("pdarts", None, 0)
    get_space("pdarts").validate(dataclasses.replace(few, reduce=many))
    with pytest.raises(GenotypeError, match="normal cell has 4 skip_connect"):
        get_space("pdarts").validate(dataclasses.replace(few, normal=many))


def test_an_unknown_sampler_is_refused():
    with pytest.raises(NasevalError, match="no sampler 'all'; choose uniform7 or paper_literal8"):
        get_space("darts").sample(stream("x"), "all")


def test_spaces_do_not_import_torch():
    code = (
        "import sys, naseval.spaces as s\n"
        "for name in ('darts', 'pdarts', 'modified'): s.get_space(name)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
