"""With and without tricks, on made-up runs."""

import pytest

from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.tricks import table, tricks
from study_tables import curve_rows, frame


def runs(method, protocol, origin, finals):
    return [
        row
        for index, final in enumerate(finals)
        for row in curve_rows(
            [final + 1, final],
            method=method,
            protocol=protocol,
            origin=origin,
            genotype=f"{method}/{origin}-{index}",
            seed=2,
        )
    ]


STUDY = frame(
    [
        *runs("darts", "base", "random", [80, 82]),
        *runs("darts", "cda", "random", [90, 92]),
        *runs("darts", "base", "searched", [84, 86]),
        *runs("darts", "cda", "searched", [91, 91]),
        *runs("enas", "base", "random", [70, 72]),
        *runs("enas", "enas", "random", [75, 75]),
    ]
)


def test_each_method_stands_under_both_protocols_plain_first():
    found = tricks(STUDY)
    shown = found[["method", "protocol", "statistic"]].values.tolist()
    assert shown == [
        ["darts", "base", "best"],
        ["darts", "base", "last"],
        ["darts", "cda", "best"],
        ["darts", "cda", "last"],
        ["enas", "base", "best"],
        ["enas", "base", "last"],
        ["enas", "enas", "best"],
        ["enas", "enas", "last"],
    ]


def test_the_numbers_are_those_of_each_protocol_alone():
    found = tricks(STUDY)
    with_tricks = found[(found["protocol"] == "cda") & (found["statistic"] == "last")].iloc[0]
    alone = benchmark_table(STUDY[STUDY["protocol"] == "cda"], "last").iloc[0]
    assert with_tricks["relative_improvement"] == alone["relative_improvement"]
    assert with_tricks["relative_improvement"] == pytest.approx(0.0)
    plain = found[(found["protocol"] == "base") & (found["statistic"] == "last")].iloc[0]
    assert plain["relative_improvement"] == pytest.approx(100 * 4 / 81)
    assert plain["searched_n"] == 2


def test_a_baseline_alone_has_no_improvement():
    enas = tricks(STUDY).query("method == 'enas'")
    assert enas["relative_improvement"].isna().all()
    assert (enas["random_n"] == 2).all()


def test_labels_replace_protocols_in_what_is_shown():
    tidy, shown, note = table(STUDY, {"base": "no tricks"})
    assert set(tidy["protocol"]) == {"base", "cda", "enas"}
    assert set(shown["protocol"]) == {"no tricks", "cda", "enas"}
    assert "95 %" in note
