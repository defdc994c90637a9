"""Score cards from whatever has been run, and never a training for their sake."""

import copy
import re
from pathlib import Path

import pytest

from copied_project import Project
from naseval import records, schemas
from naseval.analysis.relative_improvement import benchmark_table
from naseval.analysis.wording import interval
from tiny_project import TINY

pytestmark = pytest.mark.workflow

METHODS = ("darts", "pdarts", "nsganet", "enas", "cnas", "manas", "manas-ls", "stacnas", "nao")
RUN = ("darts", "nsganet")
"""The methods that are really run here."""
CARDS = {f"cards/{method}.md" for method in METHODS}


def overlay():
    """Return the tiny benchmark of `RUN` alone, two searches and two random architectures each."""
    changed = copy.deepcopy(TINY)
    changed["studies"]["benchmark"] |= {"methods": list(RUN), "searches": 2, "random": 2}
    return changed


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Return a copy of the project in which nothing but the cards has been made."""
    project = Project.copied(tmp_path_factory.mktemp("empty"), overlay())
    assert set(project.planned("cards")) == {"cards"}
    project.run("cards")
    return project


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a copy of the project in which two methods have been run, and then the cards made."""
    project = Project.copied(tmp_path_factory.mktemp("finished"), overlay())
    project.run("results/studies/reproduced/benchmark.parquet")
    assert set(project.planned("cards")) == {"complexity_so_far", "cards"}
    project.run("cards")
    return project


@pytest.fixture
def project(finished, tmp_path):
    """Return a fresh clone with the finished results beside it."""
    return Project.copied(tmp_path, overlay()).with_results_of(finished)


def card(project, method):
    return (project.folder / f"results/cards/{method}.md").read_text()


def test_with_nothing_run_there_are_cards_that_say_what_is_missing(empty):
    assert {path.stem for path in (empty.folder / "results/cards").glob("*.md")} == set(METHODS)
    for method in RUN:
        assert "| any | Digits | searches | 0 | 2 | seed 0, 1 |" in card(empty, method)
    for method in set(METHODS) - set(RUN):
        assert "No study asks for this method" in card(empty, method)
    assert not (empty.folder / "results/data").exists()
    assert empty.planned("cards") == {}


def test_the_cards_show_what_was_really_run(finished):
    results = finished.folder / "results"
    study = records.read(results / "studies/reproduced/benchmark.parquet", schemas.STUDY)
    table = benchmark_table(study.to_pandas()).set_index("method")
    for method in RUN:
        text, row = card(finished, method), table.loc[method]
        assert interval(row["relative_improvement"], row["low"], row["high"]) in text
        assert "Everything that is configured has been run." in text
        assert re.search(r"\| Digits \| 2 \| \d+\.\d ± \d+\.\d \|", text), "what searches cost"
        pictures = re.findall(r"\]\(([^)#]+\.(?:png|svg))\)", text)
        assert len(pictures) >= 8
        assert all((results / "cards" / picture).stat().st_size > 0 for picture in pictures)


def test_made_cards_are_not_made_again(project):
    assert project.planned("cards") == {}


def test_results_of_another_setting_are_refused_and_nothing_is_trained(project):
    changed = overlay()
    changed["methods"]["darts"]["search"]["batch_size"] = 120
    project.write_overlay(changed)
    assert set(project.planned("cards")) == {"cards"}
    done = project.snakemake("cards")
    assert done.returncode != 0
    assert "was made with architecture.search.batch_size 64, not 120" in done.stderr


def test_what_is_no_longer_there_is_missing(project):
    results = project.folder / "results"
    gone = Path("runs/digits/cda/darts/random-001/seed-2.parquet")
    (results / gone).unlink()
    assert set(project.planned("cards")) == {"cards"}
    project.run("cards")
    assert "runs of random architectures under cda | 1 | 2 | random-001 |" in card(project, "darts")


def test_the_whole_waits_for_everything_that_is_configured(project):
    assert set(project.planned("score_cards")) == {"complexity", "score_cards"}
    (project.folder / "results/searches/digits/darts/seed-1/genotype.json").unlink()
    assert {"search", "complexity", "score_cards"} <= set(project.planned("score_cards"))
