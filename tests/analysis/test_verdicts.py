"""The three answers, their families and their margins."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from naseval.analysis.contrasts import Group, difference
from naseval.analysis.verdicts import (
    IMPROVEMENTS,
    SEARCHED,
    Comparison,
    Levels,
    adjusted,
    against_average,
    allowed,
    between_methods,
    counted_as,
    judged,
    verdict,
)
from naseval.errors import NasevalError
from study_tables import (
    DATASETS,
    frame,
    made_up_benchmark,
    needs_published,
    published_benchmark,
)

MARGINS = dict.fromkeys(DATASETS, 1.0)
P = st.lists(st.floats(0, 1), min_size=1, max_size=12).map(np.array)


@pytest.mark.parametrize(
    ("value", "p", "expected"),
    [
        (0.3, (0.04, 0.2), "better"),
        (-0.3, (0.04, 0.2), "worse"),
        (0.1, (0.04, 0.01), "better, by less than the margin"),
        (-0.1, (0.04, 0.01), "worse, by less than the margin"),
        (-0.1, (0.2, 0.01), "equivalent"),
        (0.3, (0.05, 0.05), "undecided"),
        (0.3, (np.nan, np.nan), "undecided"),
    ],
)
def test_the_answers(value, p, expected):
    assert verdict(value, *p, Levels()) == expected
    assert counted_as(expected) in ("better", "worse", "equivalent", "undecided")


def test_small_differences_count_as_differences():
    assert counted_as("worse, by less than the margin") == "worse"


@given(P)
def test_p_values_are_adjusted_and_nan_are_no_comparisons(p):
    expected = stats.false_discovery_control(p)
    assert adjusted(p) == pytest.approx(expected)
    holes = np.insert(p, 0, np.nan)
    assert adjusted(holes)[1:] == pytest.approx(expected) and np.isnan(adjusted(holes)[0])


@given(P, st.data())
def test_the_allowed_p_is_the_largest_significant_one(p, data):
    index = data.draw(st.integers(0, len(p) - 1))
    limit = allowed(p)[index]
    steps = 0.05 * np.arange(1, len(p) + 1) / len(p)
    assume(
        np.abs(np.delete(p, index)[:, None] - steps).min(initial=1) > 1e-9
    )  # or rounding decides
    for factor, significant in ((1 - 1e-9, True), (1 + 1e-9, False)):
        changed = p.copy()
        changed[index] = limit * factor
        assert (adjusted(changed)[index] < 0.05) == significant


def test_another_p_value_of_just_the_level_is_not_significant_and_allows_no_more():
    assert allowed(np.array([0.05, 0.9])) == pytest.approx([0.025, 0.025])


def test_allowed_ignores_nan():
    assert allowed(np.array([np.nan, 0.9])) == pytest.approx([np.nan, 0.05], nan_ok=True)
    assert np.isnan(allowed(np.array([np.nan]))).all()


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_a_cell_is_equivalent_above_its_smallest_margin_and_not_below(seed):
    rng = np.random.default_rng(seed)
    contrasts = [
        difference(Group.of(rng.normal(gain, 0.3, 8)), Group.of(rng.normal(0, 0.3, 8)))
        for gain in (0, 0.1, 0.5, 1)
    ]
    margins = [0.5] * 4
    found = judged([Comparison(*each, True) for each in zip(contrasts, margins, strict=True)])
    for index, smallest in enumerate(found["equivalent_at"]):
        for factor, equivalent in ((1.001, True), (0.999, False)):
            changed = margins.copy()
            changed[index] = smallest * factor
            again = judged([Comparison(*e, True) for e in zip(contrasts, changed, strict=True)])
            assert (again["equivalence_q"][index] < 0.05) == equivalent


def sides(searched, random, **fields):
    """A study of one cell from final accuracies."""
    rows = [
        {"method": "darts", "origin": origin, "genotype": f"{origin}-{index}", **fields,
         "test_accuracy": accuracy, "reading": "epoch", "epoch": 1}
        for origin, accuracies in (("searched", searched), ("random", random))
        for index, accuracy in enumerate(accuracies)
    ]  # fmt: skip
    return frame(rows)


def test_a_study_without_differences_and_one_with():
    rng = np.random.default_rng(0)
    random = rng.normal(97, 0.1, 16)
    for gain, expected in (
        (0, "equivalent"),
        (0.5, "better"),
        (-0.5, "worse"),
        (0.12, "better, by less than the margin"),
    ):
        table = against_average(sides(random + gain, random), {"cifar10": 0.25})
        assert table["verdict"].tolist() == [expected] * 2
        assert table["difference"].tolist() == pytest.approx([gain] * 2)
        assert table["relative_improvement"].iloc[0] == pytest.approx(100 * gain / random.mean())
        assert (table["note"] == "").all()


def test_fewer_than_four_runs_are_shown_and_not_judged():
    table = against_average(sides([97.0, 97.1, 97.2], [90.0, 90.1, 90.2, 90.3]), {"cifar10": 0.25})
    row = table.iloc[0]
    assert row["verdict"] == "undecided"
    assert row["note"] == "from 3 runs: searched 97.00, 97.10, 97.20"
    assert np.isnan([row["difference_p"], row["difference_q"], row["equivalent_at"]]).all()
    assert row["low"] < row["difference"] < row["high"]
    single = against_average(sides([97.0], []), {"cifar10": 0.25}).iloc[0]
    assert single["note"] == "from 0 runs: searched 97.00; random not run"
    assert np.isnan(single["difference"]) and single["verdict"] == "undecided"


def test_runs_that_never_vary_are_not_judged():
    table = against_average(sides([97.0] * 5, [96.0] * 5), {"cifar10": 0.25})
    assert table["verdict"].unique() == ["undecided"]


def test_few_runs_are_no_members_of_the_family():
    full = made_up_benchmark(runs=6)
    few = full[~((full["method"] == "nao") & full["genotype"].str.contains("-00[3-9]|seed-[3-9]"))]
    whole, part = (against_average(study, MARGINS) for study in (full, few))
    assert (part["difference_p"].isna() == (part["method"] == "nao")).all()
    for test in ("difference", "equivalence"):
        for table in (whole, part):
            for _, family in table.groupby("statistic"):
                known = family.dropna(subset=[f"{test}_p"])
                expected = stats.false_discovery_control(known[f"{test}_p"])
                assert known[f"{test}_q"].to_numpy() == pytest.approx(expected)


def test_a_dataset_needs_a_margin():
    with pytest.raises(NasevalError, match=r"dataset sport8 has no margin; set .*sport8\.margin"):
        against_average(made_up_benchmark(), {"cifar10": 0.25})
    with pytest.raises(NasevalError, match="has no margin"):
        between_methods(made_up_benchmark(), {"cifar10": 0.25})


def one_baseline(random_n):
    """Two methods with the same random runs."""
    rng = np.random.default_rng(3)
    random = rng.normal(97, 0.3, 64)[:random_n]
    tables = [
        sides(rng.normal(97 + gain, 0.2, 8), random, space="darts").assign(method=method)
        for method, gain in (("darts", 0.3), ("nao", 0.0))
    ]
    return pd.concat(tables, ignore_index=True)


def test_one_baseline_cancels_between_methods():
    """More random runs do not change the verdict on a pair; it is Welch's test of the searched."""
    rows = [between_methods(one_baseline(n), {"cifar10": 0.25}).iloc[0] for n in (1, 8, 64)]
    study = one_baseline(8)
    searched = study[study["origin"] == "searched"].groupby("method")["test_accuracy"]
    expected = stats.ttest_ind(
        searched.get_group("darts"), searched.get_group("nao"), equal_var=False
    )
    for row in rows:
        assert row["compared"] == SEARCHED and row["margin"] == 0.25
        assert row["difference_p"] == pytest.approx(expected.pvalue)


def test_other_spaces_compare_improvements():
    study = one_baseline(8)
    study.loc[study["method"] == "nao", "space"] = "nao"
    row = between_methods(study, {"cifar10": 0.25}).iloc[0]
    same = between_methods(one_baseline(8), {"cifar10": 0.25}).iloc[0]
    baseline = study.loc[study["origin"] == "random", "test_accuracy"].mean()
    assert row["compared"] == IMPROVEMENTS
    assert row["margin"] == pytest.approx(25 / baseline)
    assert row["difference"] == row["relative_improvement"] == same["relative_improvement"]
    assert row["high"] - row["low"] > 1.3 * (same["improvement_high"] - same["improvement_low"])


def test_an_empty_study_has_no_verdicts():
    empty = made_up_benchmark().iloc[:0]
    for function in (against_average, between_methods):
        table, full = function(empty, {}), function(made_up_benchmark(), MARGINS)
        assert table.empty and table.columns.tolist() == full.columns.tolist()
        assert table[table["decides"]].empty


def false_discoveries(tables, runs, cells=20):
    """Return the mean shares of false verdicts, of differences and of equivalences, per table."""
    rng = np.random.default_rng(4)
    shares = np.zeros((tables, 2))
    true = np.repeat([0.0, 0.5, 0.8], [cells // 2, cells // 4, cells // 4])
    for table in range(tables):
        groups = rng.normal(0, 0.4, (2, cells, runs))
        groups[0] += true[:, None]
        found = judged(
            [
                Comparison(difference(Group.of(searched), Group.of(random)), 0.5, True)
                for searched, random in zip(*groups, strict=True)
            ]
        )
        counts = found["verdict"].map(counted_as)
        differs, same = counts.isin(["better", "worse"]), counts == "equivalent"
        shares[table] = (
            (differs & (true == 0)).sum() / max(1, differs.sum()),
            (same & (true >= 0.5)).sum() / max(1, same.sum()),
        )
    return shares.mean(axis=0)


def test_few_verdicts_of_a_table_are_false():
    """The procedure bounds the expected share by 5 %, in fact by that of the true hypotheses."""
    assert (false_discoveries(40, 16) < 0.06).all()


@pytest.mark.slow
def test_very_few_verdicts_of_many_tables_are_false():
    assert (false_discoveries(600, 16) < 0.05).all()
    assert (false_discoveries(600, 8) < 0.05).all()


@needs_published
def test_the_published_verdicts():
    """With 0.5 everywhere: 6 above, 2 below, 1 equivalent, 30 undecided of 39."""
    table = against_average(published_benchmark(), dict.fromkeys(DATASETS, 0.5))
    counts = table[table["searched_n"] > 0]["verdict"].map(counted_as).value_counts()
    assert counts.to_dict() == {"better": 6, "worse": 2, "equivalent": 1, "undecided": 30}
    assert table["decides"].all() and set(table["statistic"]) == {"best"}
    pairs = between_methods(published_benchmark(), dict.fromkeys(DATASETS, 0.5))
    assert set(pairs["compared"]) == {IMPROVEMENTS} and len(pairs) == 5 * 28
