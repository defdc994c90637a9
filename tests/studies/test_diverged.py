"""A study decides what becomes of runs that diverged: stop, leave out, or count as chance."""

import pytest
from pydantic import ValidationError

from naseval import records, schemas
from naseval.analysis.finals import finals
from naseval.errors import NasevalError
from naseval.settings.base import StudySettings
from naseval.studies import Run, run_settings
from naseval.studies._gather import gather_runs

ASKED = {
    "datasets": {"digits": {"classes": 4}},
    "prepared": {"digits": {}},
    "protocols": {"digits": {"base": {"epochs": 3}}},
    "searches": {},
    "samplers": {"darts": "paper"},
    "printed": {},
}
EPOCHS = {"random-000": 3, "random-001": 1, "random-002": 0}
"""Finite epochs of each run, of 3."""


def run_of(name):
    return Run("digits", "base", f"darts/{name}", 0)


def member(name):
    run = {"dataset": "digits", "protocol": "base", "genotype": f"darts/{name}", "seed": 0}
    return {"path": run_of(name).path, **run, "origin": "random", "space": "darts"}


@pytest.fixture
def results(tmp_path):
    for name, epochs in EPOCHS.items():
        rows = [
            dict.fromkeys(schemas.RUN.names, 1) | {"epoch": epoch + 1, "test_accuracy": 50.0}
            for epoch in range(epochs)
        ]
        made = {"settings": run_settings(ASKED, run_of(name))}
        made |= {"diverged_in_epoch": epochs + 1} if epochs < 3 else {}
        records.write(tmp_path / run_of(name).path, records.table(schemas.RUN, rows), made)
    return tmp_path


def gathered(results, *decision):
    found = gather_runs(results, "depth", [member(name) for name in EPOCHS], ASKED, *decision)
    assert found.table.schema == schemas.STUDY
    return found.table.to_pandas()


@pytest.mark.parametrize("decision", [(), ("stop",)])
def test_it_stops_and_names_the_run_and_the_key(results, decision):
    sentence = (
        r"random-001/seed-0.parquet has diverged in epoch 2 .* "
        r"set studies\.depth\.diverged to `leave out`"
    )
    with pytest.raises(NasevalError, match=sentence):
        gathered(results, *decision)


def test_left_out_they_are_trained_but_have_no_accuracy(results):
    study = gathered(results, "leave out")
    assert study["genotype"].value_counts().to_dict() == {
        "darts/random-000": 3,
        "darts/random-001": 1,
        "darts/random-002": 1,
    }
    runs = finals(study).set_index("genotype")
    assert runs["diverged"].tolist() == [False, True, True]
    assert runs["best"].isna().tolist() == runs["last"].isna().tolist() == [False, True, True]


def test_chance_is_a_guess_among_the_classes_in_every_epoch(results):
    study = gathered(results, "chance")
    assert len(study) == 9 and study["test_accuracy"].notna().all()
    runs = finals(study).set_index("genotype")
    assert runs["best"].tolist() == runs["last"].tolist() == [50, 25, 25]
    assert runs["epochs"].tolist() == [3, 3, 3]
    assert runs["diverged"].tolist() == [False, True, True]


def test_no_other_decision_is_taken():
    assert StudySettings().diverged == "stop"
    with pytest.raises(ValidationError, match="'stop', 'leave out' or 'chance'"):
        StudySettings(diverged="ignore")
