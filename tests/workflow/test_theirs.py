"""A method that searches by a program in another virtual environment: the worked example."""

import copy
import shutil
import sys
import venv
from pathlib import Path

import pytest
import yaml

from copied_project import Project
from naseval import records, schemas
from naseval.genotype import Genotype
from naseval.settings.validation import merged
from paths import ROOT
from tiny_project import TINY

pytestmark = pytest.mark.workflow

EXAMPLE = "examples/their-method"
ENVIRONMENT = "their-environment"
SEARCHES = 2
TARGETS = ("results/studies/reproduced/costs.parquet", "score_cards")


def overlay(**changes):
    """Return the tiny project with the example, in an environment of its own."""
    example = yaml.safe_load((ROOT / EXAMPLE / "theirs.yaml").read_text())
    fewer = {"benchmark": {"searches": SEARCHES, "random": 1}}
    theirs = {"environment": ENVIRONMENT, **changes}
    return merged(
        merged(copy.deepcopy(TINY), example), {"methods": {"theirs": theirs}, "studies": fewer}
    )


def outputs(seed):
    return f"searches/digits/theirs/seed-{seed}/genotype.json"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a copy of the project in which the program has searched and was judged."""
    project = Project.copied(tmp_path_factory.mktemp("theirs"), overlay())
    shutil.copytree(ROOT / EXAMPLE, project.folder / EXAMPLE)
    venv.create(project.folder / ENVIRONMENT, with_pip=False)
    project.run(*TARGETS)
    return project


def test_the_program_searched_in_its_own_environment(finished):
    results = finished.folder / "results"
    found = [Genotype.read(results / outputs(seed)) for seed in range(SEARCHES)]
    assert found[0] != found[1]
    log = (results / "logs/searches/digits/theirs/seed-0.log").read_text()
    assert f"in {finished.folder / ENVIRONMENT} with" in log
    assert Path(sys.prefix) != finished.folder / ENVIRONMENT


def test_its_history_has_the_measured_time_and_its_own_columns(finished):
    path = (finished.folder / "results" / outputs(0)).with_name("history.parquet")
    history = records.read(path, schemas.HISTORY).to_pandas()
    made = records.provenance_of(path)
    assert len(history) == 20
    assert 0.01 < history["seconds"].sum() < 60
    assert history["validation_loss"].min() >= 0
    best = history.loc[history["validation_loss"].idxmin(), "genotype"]
    assert best == Genotype.from_dict(made["genotype"]).to_json()
    assert set(made["settings"]["program"]["files"]) == {f"{EXAMPLE}/search.py"}


def test_it_is_judged_like_every_method(finished):
    card = (finished.folder / "results/cards/theirs.md").read_text()
    assert "Searches by a program of its own, in its own environment." in card
    assert "Everything that is configured has been run." in card
    assert f"{SEARCHES} searches timed" in card
    finished.run("verify")


def test_nothing_is_left_of_the_images_and_checkpoints(finished):
    results = finished.folder / "results"
    assert [path for path in results.glob("checkpoints/**/*") if path.is_file()] == []


def test_one_more_search_repeats_none(finished):
    assert finished.planned(*TARGETS) == {}
    more = overlay()
    more["studies"]["benchmark"]["searches"] = SEARCHES + 1
    finished.write_overlay(more)
    planned = finished.planned(*TARGETS)
    finished.write_overlay(overlay())
    assert planned["their_search"] == {outputs(SEARCHES)}
    assert len(planned["run"]) == 1 and "search" not in planned


def test_a_change_of_its_files_searches_again(finished):
    assert finished.planned(*TARGETS) == {}
    script = f"{EXAMPLE}/search.py"
    finished.edit(script, "TRIALS = 4, 20", "TRIALS = 4, 21")
    planned = finished.planned(*TARGETS)
    assert planned["their_search"] == {outputs(seed) for seed in range(SEARCHES)}
    assert "search" not in planned
    finished.edit(script, "TRIALS = 4, 21", "TRIALS = 4, 20")
