"""The operations that searches choose, beside uniform ones."""

import numpy as np
import pytest

from card_results import configured, everything, found
from naseval.analysis.chosen_operations import (
    departure_p,
    operation_counts,
    operations_table,
    uniform_counts,
)
from naseval.analysis.intervals import RESAMPLES
from naseval.cards import cost, missing, operations
from naseval.genotype import Cell, Genotype
from naseval.randomness import stream
from naseval.spaces import get_space
from tiny_project import METHODS


def test_operations_are_counted_edge_by_edge():
    cell = Cell.of([[["sep_conv_3x3", 0], ["sep_conv_3x3", 1]]] * 4, [2, 3, 4, 5])
    other = Cell.of([[["skip_connect", 0], ["max_pool_3x3", 1]]] * 4, [2, 3, 4, 5])
    table = operations_table([Genotype("darts", cell, other)] * 3, "uniform7")
    counted = table.set_index(["cell", "operation"])
    assert counted.loc[("normal", "sep_conv_3x3"), ["found", "share"]].tolist() == [24, 100]
    assert counted.loc[("reduce", "skip_connect"), ["found", "share"]].tolist() == [12, 50]
    assert set(counted["edges"]) == {24}
    assert "none" not in set(table["operation"])
    assert counted["uniform"].between(10, 19).all()
    assert counted.loc["normal", "p"].iloc[0] == 1 / (RESAMPLES + 1)


@pytest.mark.parametrize("normal_first", [True, False])
def test_an_operation_of_one_kind_of_cell_is_shown_beside_its_absence(normal_first):
    """`none` is never drawn, and either kind of cell may have it alone."""
    without = Cell.of([[["sep_conv_3x3", 0], ["sep_conv_3x3", 1]]] * 4, [2, 3, 4, 5])
    having = Cell.of([[["skip_connect", 0], ["none", 1]]] * 4, [2, 3, 4, 5])
    pair = (having, without) if normal_first else (without, having)
    text = operations._space_section(
        "darts", operations_table([Genotype("darts", *pair)], "uniform7")
    )
    shown = ["4 (50 %), uniform 0 %", "0 (0 %), uniform 0 %"]
    row = " | ".join(shown if normal_first else shown[::-1])
    assert f"| none | {row} |" in text


@pytest.mark.parametrize(
    ("p", "shown"),
    [(1 / (RESAMPLES + 1), "p ≤ 0.0001"), (0.0002, "p = 0.0002"), (0.25, "p = 0.25")],
)
def test_the_smallest_p_that_draws_can_give_is_a_bound(p, shown):
    assert operations._probability(p) == shown


@pytest.mark.parametrize("space", ["darts", "pdarts", "nsganet", "enas", "cnas", "nao"])
def test_uniform_genotypes_do_not_depart_from_uniform(space):
    drawn = get_space(space)
    pool = uniform_counts(space, drawn.samplers[0])
    rng = stream("tests", "departure", space)
    ps = []
    for _ in range(30):
        few = operation_counts([drawn.sample(rng) for _ in range(4)], drawn.operations)
        ps.append(departure_p(few[:, 0], pool[:, 0]))
    assert sum(p < 0.05 for p in ps) <= 6  # 1.5 expected; more has probability 0.001
    assert 0.3 < np.mean(ps) < 0.7


def test_an_operation_that_is_never_drawn_is_a_clear_departure():
    pool = uniform_counts("darts", "uniform7")
    few = np.zeros((1, 8), dtype=np.int64)
    few[0, 7] = 1  # `none`, which uniform7 leaves out
    assert departure_p(few, pool[:, 0]) == 1 / (RESAMPLES + 1)


def test_every_method_has_operations_and_size(tmp_path, paper):
    evidence = everything(configured(paper, METHODS, ["cifar10"], tricks=False, n=1), tmp_path)
    for method in METHODS:
        (genotype,) = found(evidence, method)
        counted = operations.by_space(evidence, method)[genotype.space]
        edges = [*genotype.normal.operations, *genotype.reduce.operations]
        assert counted["found"].sum() == len(edges)
        assert set(counted.loc[counted["found"] > 0, "operation"]) == set(edges)
        those = evidence.complexity[evidence.complexity["method"] == method]
        text = cost.size_section(those, evidence.config.labels["datasets"])
        assert "| CIFAR-10 | 3.00 | 500.00 | 1 | 3.00 | 500.00 | 1 |" in text
        assert missing.complete(evidence, method)
