"""Rules compute what they say, on small made tables; verdicts follow from numbers."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval import records, schemas
from naseval.analysis.correlation import WINDOW
from naseval.claims.absent import Absent, or_absent
from naseval.claims.catalogue import Claim, catalogue
from naseval.claims.rules import appendix, section_3, section_5
from naseval.claims.rules._rule import all_rules
from naseval.claims.tables import BEST, LAST, Readings, Tables
from naseval.claims.values import agrees, shown
from naseval.claims.verdict import judge
from paths import ROOT
from published_files import constants

CLAIMS = ROOT / "src" / "naseval" / "claims" / "claims.csv"


def claim(printed: object, comparator: str = "==", tolerance: float = 0.005) -> Claim:
    return Claim("x", "1", "words", comparator, printed, "%", tolerance, "", "cifar10", "")


def study(rows: list[dict[str, object]]) -> pd.DataFrame:
    common = {
        "source": "reproduced",
        "study": "made",
        "dataset": "cifar10",
        "origin": "random",
        "genotype": "darts/random-000",
        "protocol": "cda",
        "seed": 0,
        "reading": "best",
        "space": "darts",
    }
    return records.table(schemas.STUDY, [{**common, **row} for row in rows]).to_pandas()


def group(dataset: str, method: str, origin: str, values: list[float]) -> list[dict[str, object]]:
    return [
        {
            "dataset": dataset,
            "method": method,
            "origin": origin,
            "genotype": f"{method}/{dataset}/{origin}-{index}",
            "test_accuracy": value,
        }
        for index, value in enumerate(values)
    ]


def curves(accuracies: np.ndarray, space: str = "darts") -> list[dict[str, object]]:
    return [
        {
            "genotype": f"{space}/random-{run:03d}",
            "space": space,
            "reading": "epoch",
            "epoch": epoch,
            "test_accuracy": value,
        }
        for run, curve in enumerate(accuracies.tolist())
        for epoch, value in enumerate(curve, start=1)
    ]


def reason(function: Callable[[], Readings]) -> str:
    """Return why `function` has no result."""
    found = or_absent(function)()
    assert isinstance(found, Absent)
    return found.reason


def test_every_rule_has_a_claim_and_every_claim_one_way() -> None:
    claims = {entry.id: entry for entry in catalogue()}
    lines = CLAIMS.read_text(encoding="utf-8").splitlines()
    assert len(claims) == len(catalogue()) == len(lines) - 1
    assert set(all_rules()) <= set(claims)
    for entry in claims.values():
        ways = [entry.id in all_rules(), bool(entry.setting), bool(entry.remark)]
        assert sum(ways) == 1, entry.id


def test_catalogue_is_well_formed() -> None:
    for entry in catalogue():
        assert entry.wording
        assert entry.section
        assert entry.tolerance >= 0
        if entry.printed is not None:
            assert agrees("==", entry.printed, entry.printed, 0)


@given(st.floats(-100, 100), st.integers(0, 4))
def test_what_rounds_to_the_printed_number_agrees(value: float, digits: int) -> None:
    assert agrees("==", float(f"{value:.{digits}f}"), value, 0.5 * 10**-digits)


@pytest.mark.parametrize(
    ("comparator", "printed", "found", "verdict"),
    [
        ("==", 0.25, 0.251, True),
        ("==", 0.25, 0.256, False),
        ("<", 4, 4.0, False),
        ("<=", 1.0, 1.0, True),
        (">", 3.0, 2.915, False),
        ("set", ["a", "b"], ["b", "a"], True),
        ("order", ["a", "b"], ["b", "a"], False),
        ("==", [1, 2], [1, 2, 3], False),
        ("==", "sgd", "adam", False),
    ],
)
def test_agreement(comparator: str, printed: object, found: object, verdict: bool) -> None:
    assert agrees(comparator, printed, found, 0.005) is verdict


def test_shown() -> None:
    assert shown(97.0) == "97"
    assert shown(0.1 + 0.2) == "0.3"
    assert shown([8, 20]) == "8, 20"
    assert shown(None) == ""


def test_verdicts() -> None:
    same = judge(claim(0.25), {"plain": 0.251})
    assert (same.verdict, same.why) == ("match", "0.251 (plain) agrees with the printed 0.25.")
    above = judge(claim(4, "<"), {"plain": 4.5})
    assert above.why == "4.5 (plain) does not agree with the printed < 4."
    other = judge(claim(97.03), {LAST: 96.949, BEST: 97.034})
    assert (other.verdict, other.value) == ("other reading", 96.949)
    assert "97.034 (best epoch) agrees" in other.why
    wrong = judge(claim(1.2), {LAST: 1.99, BEST: 2.0})
    assert wrong.verdict == "mismatch"
    assert "2 (best epoch)" in wrong.why
    drawn = judge(claim(None), {LAST: 96.0, BEST: 96.5})
    assert (drawn.verdict, drawn.value) == ("drawn only", 96.5)


def rows_of(dataset: str, method: str, searched: float) -> list[dict[str, object]]:
    """Return two searches of a method, beside random architectures with an accuracy of 80 %."""
    return group(dataset, method, "random", [80.0, 80.0]) + group(
        dataset, method, "searched", [searched, searched]
    )


def benchmark_tables(exchanged: bool) -> Tables:
    last = [rows_of("flowers102", "darts", 80.8), rows_of("flowers102", "pdarts", 81.6)]
    rows = rows_of("cifar10", "darts", 84.0) + rows_of("cifar10", "pdarts", 88.0)
    rows += rows_of("cifar100", "darts", 84.0) + rows_of("cifar100", "pdarts", 72.0)
    first, second = last[::-1] if exchanged else last
    return Tables({"benchmark": study([*rows, *first, *second])})


def test_relative_improvement_by_name_and_by_position() -> None:
    usual = section_3.relative_improvement(benchmark_tables(False), "flowers102", "darts")
    assert usual == {BEST: pytest.approx(1.0)}
    found = section_3.relative_improvement(benchmark_tables(True), "flowers102", "darts")
    assert found == {
        BEST: pytest.approx(1.0),
        "columns by position, best epoch": pytest.approx(2.0),
    }
    assert section_3.relative_improvement(benchmark_tables(True), "cifar10", "pdarts") == {
        BEST: pytest.approx(10.0)
    }


def test_counts_and_extremes_of_the_benchmark() -> None:
    tables = benchmark_tables(False)
    assert section_3.count_methods(tables) == {"methods": 2}
    assert section_3.count_datasets(tables) == {"datasets": 3}
    assert section_3.smallest_group(tables, "searched") == {"smallest group": 2}
    assert section_3.largest_gain(tables) == {BEST: 8.0}
    assert section_3.better_half(tables) == {BEST: ["pdarts"]}
    assert section_3.count_losses(tables) == {BEST: 1}
    assert section_3.baseline_spread_over_gain(tables) == {BEST: 0.0}
    assert appendix.test_images(tables, "cifar10") == {"granularity": 100}


def test_methods_that_only_other_datasets_have_do_not_count_on_cifar10() -> None:
    rows = [*rows_of("cifar10", "darts", 84.0), *rows_of("sport8", "nao", 90.0)]
    tables = Tables({"benchmark": study(rows)})
    assert section_3.largest_gain(tables) == {BEST: 4.0}
    assert section_3.count_losses(tables) == {BEST: 0}


def test_the_better_half_is_above_random_sampling_and_of_equals_has_the_first() -> None:
    def half_of(searched: float) -> Readings:
        rows = [*rows_of("cifar10", "pdarts", searched), *rows_of("cifar10", "darts", searched)]
        return section_3.better_half(Tables({"benchmark": study(rows)}))

    assert half_of(84.0) == {BEST: ["pdarts"]}
    assert half_of(80.0) == {BEST: []}


def test_a_summary_stands_in_for_missing_searches() -> None:
    summary = {"dataset": "cifar100", "method": "stacnas", "origin": "searched", "mean": 84.0}
    others = rows_of("cifar100", "darts", 82.0)
    random = study([*group("cifar100", "stacnas", "random", [80.0, 80.0]), *others])
    tables = Tables({"benchmark": random, "summaries": pd.DataFrame([summary])})
    assert section_3.relative_improvement(tables, "cifar100", "stacnas") == {
        "searches by their summary, best epoch": pytest.approx(5.0)
    }
    assert section_3.relative_improvement(tables, "cifar100", "darts") == {BEST: pytest.approx(2.5)}
    assert "stacnas on cifar100" in reason(
        lambda: section_3.relative_improvement(Tables({"benchmark": random}), "cifar100", "stacnas")
    )


def test_cost() -> None:
    rows = group("cifar10", "darts", "searched", [97.0])
    rows += group("cifar10", "nao", "searched", [96.0])
    days = pd.DataFrame(
        [("cifar10", "darts", 0, 0.25), ("cifar10", "darts", 1, 0.75), ("cifar10", "nao", 0, 1.0)],
        columns=["dataset", "method", "seed", "gpu_days"],
    )
    tables = Tables({"benchmark": study(rows), "costs": days})
    assert section_3.slowest_search(tables) == {"mean per method": 1.0}
    assert section_3.search_cost(tables, "darts") == {"mean": 0.5}
    assert section_3.methods_by_accuracy(tables) == {BEST: ["nao", "darts"]}
    assert "pdarts" in reason(lambda: section_3.search_cost(tables, "pdarts"))


def test_curves_are_read_at_their_last_and_best_epoch() -> None:
    accuracies = np.array([[90.0, 96.0, 95.0], [91.0, 93.0, 94.0]])
    tables = Tables({"distribution": study(curves(accuracies))})
    assert section_5.darts_statistic(tables, "mean") == {LAST: 94.5, BEST: 95.0}
    assert section_5.darts_statistic(tables, "range") == {LAST: 1.0, BEST: 2.0}
    assert section_5.darts_statistic(tables, "std") == {LAST: 0.5, BEST: 1.0}
    assert section_5.shortest_training(tables) == {"shortest": 3}
    assert section_5.mean_and_extremes(tables)[LAST] == [94.5, 94.0, 95.0]
    assert "more than 20 epochs" in reason(lambda: section_5.straightness(tables))


def test_smoothing_and_straightness_of_rank_correlation() -> None:
    """As pandas correlates and smooths them; the last epoch is compared with, not counted."""
    quality = np.arange(12.0)[:, None]
    noise = np.random.default_rng(0).normal(0, 3, (12, 60)) * np.linspace(3, 0.3, 60)
    tables = Tables({"distribution": study(curves(60 + quality + noise))})
    accuracies = pd.DataFrame(60 + quality + noise)
    before, final = accuracies.iloc[:, :-1], accuracies.iloc[:, -1]
    taus = before.corrwith(final, method="kendall")
    expected = np.corrcoef(np.arange(59), taus)[0, 1] ** 2
    assert section_5.straightness(tables)["R²"] == pytest.approx(expected)
    means = before.T.rolling(20).mean().T.iloc[:, 19:]
    helps = (means.corrwith(final, method="kendall") > taus.iloc[19:]).mean()
    assert section_5.smoothing_helps(tables)["share of epochs"] == pytest.approx(helps)
    assert 0.5 < helps < 1
    smooth = section_5.trailing_means(np.arange(40.0).reshape(1, 40))
    assert smooth.shape == (1, 21)
    assert smooth[0, 0] == 9.5


def test_the_moving_average_is_as_wide_as_the_paper_says() -> None:
    assert constants().smoothing.epochs == WINDOW


def test_architectures_that_do_not_differ_are_no_scale() -> None:
    one = study(curves(np.array([[96.0]])))
    tables = Tables({"distribution": one, "cells": one.assign(cells=4)})
    assert "do not differ" in reason(lambda: section_5.cells_span_over_std(tables))


def test_spaces_and_cells() -> None:
    accuracies = np.array([[87.0], [86.0]])
    modified = curves(accuracies - 0.5, "modified")
    by_cells = [
        {**row, "cells": n, "genotype": f"{n}-{row['genotype']}"}
        for n in (4, 8)
        for row in curves(accuracies + n)
    ]
    tables = Tables(
        {
            "distribution": study(curves(accuracies)),
            "operations": study(modified),
            "cells": study(by_cells),
        }
    )
    assert section_5.mean_shift(tables)[LAST] == pytest.approx(0.5)
    assert section_5.count_both_spaces(tables) == {"both spaces": 4}
    assert section_5.count_networks(tables, 4) == {"networks": 2}
    assert section_5.cells_statistic(tables, 8, "max")[BEST] == 95.0
    assert section_5.cells_span_over_std(tables)[LAST] == pytest.approx(4 / 0.5)
    assert "cells 24" in reason(lambda: section_5.count_networks(tables, 24))


def twice(column: str, values: list[tuple[float, float]]) -> pd.DataFrame:
    named = {"seed": (0, 1), "cells": (8, 20)}[column]
    return study(
        [
            {"genotype": f"darts/random-{i:03d}", column: name, "test_accuracy": value}
            for i, pair in enumerate(values)
            for name, value in zip(named, pair, strict=True)
        ]
    )


def test_pairs() -> None:
    values = [(96.0, 96.2), (96.5, 96.1), (97.0, 97.0), (97.0, 96.9)]
    tables = Tables({"seeds": twice("seed", values), "depth": twice("cells", values)})
    assert all_rules()["fig8.n"].compute(tables) == {BEST: 4}
    assert all_rules()["fig8.mean_change"].compute(tables)[BEST] == pytest.approx(0.175)
    assert all_rules()["fig8.max_change"].compute(tables)[BEST] == pytest.approx(0.4)
    spread = section_5.std_of_changes(tables)
    assert spread["sample, best epoch"] > spread["population, best epoch"]
    shifts = section_5.largest_rank_change(tables)
    assert shifts["ties take the lowest rank, best epoch"] == 1
    assert shifts["ties take the average rank, best epoch"] == 1
    assert section_5.compared_depths(tables) == {"cells": [8, 20]}
    two, one = (Tables({"seeds": twice("seed", values[:n])}) for n in (2, 1))
    assert all_rules()["fig8.mean_change"].compute(two)[BEST] == pytest.approx(0.3)
    assert "no pairs" in reason(lambda: all_rules()["fig8.mean_change"].compute(one))
    assert "no pairs" in reason(
        lambda: all_rules()["fig8.tau"].compute(
            Tables({"seeds": tables["seeds"].query("seed == 0")})
        )
    )


def test_splits_are_halved_only_where_validation_is_missing() -> None:
    def lists(*parts: str) -> Tables:
        rows = [("sport8", part, "polo", f"{i}.jpg") for i, part in enumerate(parts)]
        return Tables({"splits": pd.DataFrame(rows, columns=["dataset", "split", "class", "name"])})

    halved = appendix.split_shares(lists("train", "train", "train", "train", "test"), "sport8")
    assert halved == {"of all images": [40.0, 40.0, 20.0]}
    odd = appendix.split_shares(lists("train", "train", "train", "test"), "sport8")
    assert odd == {"of all images": [25.0, 50.0, 25.0]}
    given_ = appendix.split_shares(lists("train", "train", "validation", "test"), "sport8")
    assert given_ == {"of all images": [50.0, 25.0, 25.0]}


def test_absent_tables_and_runs() -> None:
    for tables in (Tables({}), Tables({"benchmark": study([])})):
        assert "no table of benchmark" in reason(partial(section_3.count_methods, tables))
    assert "dataset sport8" in reason(
        lambda: appendix.test_images(benchmark_tables(False), "sport8")
    )
