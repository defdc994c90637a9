"""The sentence that says what came out, and the list of files after it."""

import pandas as pd
import pytest

from naseval.__main__ import main
from naseval.analysis.tables import write_table
from naseval.analysis.verdict_tables import verdicts
from naseval.analysis.verdicts import against_average
from naseval.report.outcome import outcome, outcomes
from study_tables import frame


def study(searched, random):
    return frame(
        {
            "study": "benchmark",
            "dataset": "digits",
            "method": method,
            "origin": origin,
            "genotype": f"{method}/{origin}-{index}",
            "test_accuracy": float(accuracy),
        }
        for method, own in searched.items()
        for origin, accuracies in (("searched", own), ("random", random))
        for index, accuracy in enumerate(accuracies)
    )


def write(folder, source, runs):
    tidy, laid_out, note = verdicts(runs, {"digits": "Digits"}, {}, {"digits": 1.0})
    folder.joinpath("tables", source).mkdir(parents=True)
    write_table(tidy, folder / f"tables/{source}/verdicts", "Verdicts", note, {}, laid_out)


RUNS = study(
    {"darts": [99, 98.9, 99.1, 99], "enas": [80, 80.2, 80.1, 80.1], "nao": [90, 91, 89, 90]},
    [90, 91, 89, 90],
)


def test_it_has_the_means_and_counts_the_verdicts(tmp_path):
    write(tmp_path, "reproduced", RUNS)
    (sentence,) = outcomes(tmp_path).values()
    assert "searched architectures reach 89.7 %" in sentence
    assert "random ones of the same spaces 90.0 %" in sentence
    assert "3 methods, 1 dataset" in sentence
    assert (
        "of 3 comparisons of a method on a dataset, 1 better, 1 worse, 0 equivalent, 1" in sentence
    )


def test_single_runs_are_compared_without_a_test(tmp_path):
    write(tmp_path, "reproduced", study({"darts": [99]}, [90]))
    (sentence,) = outcomes(tmp_path).values()
    assert (
        "of 1 comparison of a method on a dataset, 0 better, 0 worse, 0 equivalent, 1" in sentence
    )


def test_a_benchmark_without_searched_runs_says_so():
    nothing = against_average(RUNS.iloc[:0], {})
    assert "no searched architectures" in outcome("These runs", nothing)


def test_each_source_has_its_sentence(tmp_path):
    assert outcomes(tmp_path) == {}
    write(tmp_path, "published", RUNS)
    write(tmp_path, "reproduced", RUNS)
    found = {source: said.partition(":")[0] for source, said in outcomes(tmp_path).items()}
    assert found == {"published": "The authors' runs", "reproduced": "These runs"}


@pytest.mark.parametrize("page", [True, False])
def test_the_command_says_it_before_the_list_of_files(tmp_path, capsys, page):
    write(tmp_path, "reproduced", RUNS)
    if page:
        (tmp_path / "report.html").write_text("<p>", encoding="utf-8")
    assert main(["results", str(tmp_path)]) == 0
    said, _, listed = capsys.readouterr().out.partition("Figures, tables, cards and pages:")
    assert "These runs: searched" in said
    assert (f"open {tmp_path / 'report.html'}" in said) == page
    assert str(tmp_path / "tables/reproduced/verdicts.md") in listed


def test_missing_values_are_left_out(tmp_path):
    write(tmp_path, "reproduced", pd.concat([RUNS, study({"cnas": []}, [80, 81])]))
    (sentence,) = outcomes(tmp_path).values()
    assert "3 methods" in sentence
