"""Cells of a benchmark: which share their baseline, and by which runs pairs are compared."""

import numpy as np
from scipy import stats

from naseval.analysis.cells import Cell, cell_pairs, cells
from naseval.randomness import stream
from study_tables import curve_rows, frame, made_up_benchmark, needs_published, published_benchmark

METHODS = {"darts": 0.25, "stacnas": 0.0}
"""Two methods of one space and protocol, with their advantage in points."""


def two_methods(source="reproduced", random_std=0.29, n=8, **changes):
    """Return a study in which both methods have the same random runs.

    `changes` are columns of the random runs of the second method.
    """
    rng = stream("tests", "two methods")
    random = rng.normal(97, random_std, n)
    rows = []
    for method, gain in METHODS.items():
        fields = {"source": source, "method": method, "space": "darts", "protocol": "cda"}
        other = changes if method == "stacnas" else {}
        searched = rng.normal(97 + gain, 0.23, n)
        for index, (common, own) in enumerate(zip(random, searched, strict=True)):
            genotype = f"darts/random-{index:03d}"
            rows.append({**fields, "genotype": genotype, "test_accuracy": common, **other})
            rows.append(
                {
                    **fields,
                    "origin": "searched",
                    "genotype": f"{method}/cifar10/seed-{index}",
                    "test_accuracy": own,
                    **{k: v for k, v in other.items() if k in ("space", "protocol")},
                }
            )
    return frame(rows)


def shared(study):
    left, right = cells(study, ["best"])
    return left.baseline == right.baseline


def test_a_baseline_is_shared_if_space_protocol_and_runs_are_the_same():
    assert shared(two_methods())
    assert not shared(two_methods(source="published"))
    assert not shared(two_methods(space="modified"))
    assert not shared(two_methods(protocol="base"))
    assert not shared(two_methods(seed=1))
    assert not shared(two_methods(space=None))
    study = two_methods()
    one_missing = (study["method"] == "stacnas") & (study["genotype"] == "darts/random-003")
    assert not shared(study[~one_missing])


def with_random(method, pool, names, searched=(97.0,) * 4):
    """Return a cell whose random runs are those of `pool` with these numbers."""
    runs = tuple(f"{name:03d}" for name in names)
    baseline = ("cifar10", "darts", "cda", *runs)
    return Cell(
        "cifar10", method, "last", True, np.array(searched), pool[list(names)], baseline,
        len(searched), len(runs),
    )  # fmt: skip


def test_the_order_of_rows_does_not_matter():
    study = two_methods()
    shuffled = study.sample(frac=1, random_state=0)
    before = {cell.method: cell for cell in cells(study, ["best"])}
    after = {cell.method: cell for cell in cells(shuffled, ["best"])}
    for method, cell in before.items():
        assert (cell.random == after[method].random).all()
        assert cell.baseline == after[method].baseline


def test_last_decides_unless_only_best_is_known():
    decides = {cell.statistic: cell.decides for cell in cells(made_up_benchmark())}
    assert decides == {"best": False, "last": True}
    published = two_methods(source="published")
    assert {cell.statistic: cell.decides for cell in cells(published)} == {"best": True}
    recorded = made_up_benchmark().assign(source="recorded")
    assert {cell.statistic: cell.decides for cell in cells(recorded)} == {
        "best": False,
        "last": True,
    }


def test_protocols_are_cells_of_their_own():
    rows = [
        row
        for protocol in ("base", "cda")
        for origin in ("random", "searched")
        for index in range(4)
        for row in curve_rows(
            [90.0 + index],
            method="darts",
            space="darts",
            origin=origin,
            protocol=protocol,
            genotype=f"{origin}-{index}",
        )
    ]
    found = list(cells(frame(rows), ["last"]))
    assert [cell.searched.size for cell in found] == [4, 4]
    assert found[0].baseline != found[1].baseline


def test_pairs_are_within_a_dataset_and_a_statistic():
    known = list(cells(made_up_benchmark(methods=("darts", "nao", "enas"))))
    found = list(cell_pairs(known))
    assert len(found) == 2 * 2 * 3
    assert all(left.dataset == right.dataset for left, right in found)
    assert all(left.statistic == right.statistic for left, right in found)


def test_pairs_have_the_random_runs_that_both_share():
    """The second method stopped at five random runs, of which one diverged."""
    study = two_methods()
    numbers = study["genotype"].str.extract(r"random-(\d+)", expand=False).astype(float)
    late = (study["method"] == "stacnas") & ((numbers >= 5) | (numbers == 3))
    known = list(cells(study[~late], ["best"]))
    ((left, right),) = cell_pairs(known)
    assert left.baseline == right.baseline
    expected = known[0].random[[0, 1, 2, 4]]
    assert left.random.tolist() == right.random.tolist() == expected.tolist()
    assert left.searched.size == right.searched.size == 8
    for other in ({"seed": 1}, {"space": "modified"}, {"space": None}):
        apart = list(cells(two_methods(**other), ["best"]))
        assert list(cell_pairs(apart)) == [tuple(apart)]


@needs_published
def test_published_methods_share_nothing():
    """Not even the two whose columns of random accuracies are equal, on Flowers-102."""
    known = {
        cell.method: cell for cell in cells(published_benchmark()) if cell.dataset == "flowers102"
    }
    assert sorted(known["darts"].random) == sorted(known["enas"].random)
    assert len({cell.baseline for cell in known.values()}) == 8
    assert stats.spearmanr(*(known[m].random for m in ("darts", "enas"))).statistic == 1
