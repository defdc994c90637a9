"""The tables of verdicts as people read them."""

import pandas as pd

from naseval.analysis.tables import html
from naseval.analysis.verdict_tables import pairs, verdicts
from naseval.analysis.verdicts import against_average, with_verdicts
from study_tables import (
    DATASETS,
    MARGINS,
    METHODS,
    made_up_benchmark,
    needs_published,
    published_benchmark,
)


def test_what_decides_stands_first():
    study = made_up_benchmark(runs=5)
    tidy, shown, note = verdicts(study, DATASETS, METHODS, MARGINS)
    assert len(tidy) == len(shown) == 8
    assert shown["accuracy"].tolist() == ["last"] * 4 + ["best"] * 4
    assert shown["dataset"].tolist() == (["CIFAR10"] * 2 + ["Sport8"] * 2) * 2
    assert shown["method"].tolist() == ["DARTS", "NAO"] * 4
    assert "The last accuracy decides; the rows of *best* stand below" in note


def test_few_runs_are_shown_by_their_values():
    _, shown, _ = verdicts(made_up_benchmark(["cifar10"], runs=2), DATASETS, METHODS, MARGINS)
    assert set(shown["verdict"]) == {"undecided"}
    assert shown["note"].str.startswith("from 2 runs: searched ").all()
    assert shown["difference"].str.contains(r"\[").all(), "Welch's interval beside the words"
    _, shown, _ = pairs(made_up_benchmark(["cifar10"], runs=2), DATASETS, METHODS, MARGINS)
    assert (shown["note"] == "from 2 runs").all() and set(shown["verdict"]) == {"undecided"}


def test_a_shared_baseline_is_not_counted_across():
    study = made_up_benchmark(["cifar10"], runs=5).assign(space="darts")
    random = study[(study["method"] == "darts") & (study["origin"] == "random")]
    own = study[~((study["method"] == "nao") & (study["origin"] == "random"))]
    shared = pd.concat([own, random.assign(method="nao")])
    for runs, across in ((study, "1 pair"), (shared, "0 pairs")):
        _, _, note = pairs(runs, DATASETS, METHODS, MARGINS)
        assert f"Otherwise ({across}) the spaces" in note


def test_an_empty_study_has_empty_tables():
    nothing = made_up_benchmark().iloc[:0]
    for table in (verdicts, pairs):
        tidy, shown, note = table(nothing, DATASETS, METHODS, MARGINS)
        assert tidy.empty and shown.empty and len(shown.columns) and note.endswith(".")


def test_a_note_names_tables_without_verdicts_as_their_labels_are_written():
    names = {"cifar10": "A*", "sport8": "<b>_B_*"}
    searches = pd.DataFrame({"benchmark": list(names), "verdicts": False})
    study = made_up_benchmark(list(names), runs=2)
    tidy, shown, note = verdicts(study, names, METHODS, MARGINS, searches)
    assert tidy.empty and r"independent result: A\*, \<b>\_B\_\*." in note
    assert "independent result: A*, &lt;b&gt;_B_*." in html(shown, "Verdicts", note)


def test_verdicts_are_added_to_a_table_row_by_row():
    study = made_up_benchmark(runs=5)
    table = pd.DataFrame(
        {"dataset": ["sport8", "mit67"], "method": "nao", "statistic": "last", "place": [1, 2]}
    )
    found = with_verdicts(table, study, MARGINS)
    expected = against_average(study, MARGINS).set_index(["dataset", "method", "statistic"])
    assert found["verdict"].tolist() == [expected.loc[("sport8", "nao", "last"), "verdict"], ""]
    searches = pd.DataFrame({"benchmark": ["sport8", "cifar10"], "verdicts": [False, True]})
    assert with_verdicts(table, study, MARGINS, searches)["verdict"].tolist() == ["", ""]


@needs_published
def test_the_published_tables():
    half = dict.fromkeys(DATASETS, 0.5)
    _, shown, note = verdicts(published_benchmark(), DATASETS, METHODS, half)
    assert "39 comparisons of a method on a dataset, 6 better, 2 worse, 1 equivalent, 30" in note
    assert len(shown) == 40 and (shown["equivalent above"].notna().sum()) == 39
    _, shown, note = pairs(published_benchmark(), DATASETS, METHODS, half)
    assert note.startswith("Of 133 pairs on a dataset, 6 better, 3 worse, 0 equivalent, 124")
    assert "Otherwise (133 pairs)" in note and len(shown) == 140
