"""A dataset, a space, a method and a study: each by new files and a block of configuration."""

import pandas as pd
import pytest
import yaml

import toy_additions
from copied_project import Project
from naseval.budget.calibration import Calibration, Rates
from paths import ROOT

pytestmark = pytest.mark.workflow

SEARCH = "searches/toy-images/toy/seed-0/genotype.json"
RANDOM = "runs/toy-images/toy/toy/random-000/seed-2.parquet"
SEARCHED = "runs/toy-images/toy/toy/toy-images/seed-0/seed-2.parquet"
OF_THE_STUDY = {f"runs/toy-images/toy/toy/random-{index:03d}/seed-0.parquet" for index in range(2)}
ARCHIVE = "archives/toy-images/toy.npz"
RATES = Rates(call=1e-5, value=1e-9, flop=1e-10)
CALIBRATION = Calibration(
    "a device", "cpu", {"float32": RATES}, photograph=0.005, spread=2, probes={}
)


def overlay():
    """Return the toys' configuration, and no other study."""
    studies = yaml.safe_load((ROOT / "config/config.yaml").read_text())["studies"]
    own = {"benchmark": toy_additions.BENCHMARK, "toy": {"architectures": 2}}
    return {**toy_additions.OVERLAY, "studies": {**dict.fromkeys(studies), **own}}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project with the toys."""
    folder = tmp_path_factory.mktemp("additions")
    toy_additions.write_archive(folder / "toy.npz")
    copied = Project.copied(folder / "project", overlay())
    toy_additions.write_files(copied.folder / "src/naseval", (folder / "toy.npz").as_uri())
    return copied


def test_they_are_planned(project):
    planned = project.planned("reproduced", "reproduced_toy")
    assert planned["archive"] == {ARCHIVE}
    assert planned["search"] == {SEARCH}
    assert planned["run"] == {RANDOM, SEARCHED, *OF_THE_STUDY}
    assert planned["study"] == {
        f"studies/reproduced/{study}.parquet" for study in ("benchmark", "toy")
    }
    assert project.planned("download") == {"archive": {ARCHIVE}}


def test_every_study_is_a_target_that_says_its_question(project):
    listed = project.run("--list-target-rules").stdout.splitlines()
    assert "reproduced_toy (Reproduced: Whether a toy study runs (no paper).)" in listed


def test_they_run_after_their_budget(project):
    results = project.folder / "results"
    CALIBRATION.write(results / "calibration/cpu.json")  # which timing would take a minute to find
    project.run("budget")
    assert not (results / "data").exists()
    budget = pd.read_parquet(results / "budget.parquet").set_index(["study", "method"])
    assert budget.loc[("benchmark", "toy"), ["searches", "runs"]].tolist() == [1, 2]
    assert budget.loc[("toy", ""), ["searches", "runs"]].tolist() == [0, 2]
    assert (budget["hours"] > 0).all()

    project.run("reproduced_toy", "results/studies/reproduced/benchmark.parquet")
    assert len(pd.read_parquet(results / "studies/reproduced/toy.parquet")) == 2
    assert (results / SEARCH).exists()

    project.run("cards")
    card = (results / "cards/toy.md").read_text()
    assert "Toy search" in card
    assert "Toy images" in card


@pytest.fixture
def changed(tmp_path):
    """Return a copy of the project with the toys, to be changed."""
    copied = Project.copied(tmp_path / "project", overlay())
    toy_additions.write_files(copied.folder / "src/naseval", "file:///toy.npz")
    return copied


def refused(project, *arguments):
    """Return what Snakemake says last, which is one sentence without a traceback."""
    done = project.snakemake(*arguments, "--dry-run")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_a_source_without_facts_is_one_sentence(changed):
    facts = changed.folder / "src/naseval/data/sources/toy_images.yaml"
    facts.unlink()
    assert refused(changed, "download") == (
        "nothing is known of the source toy_images: state its images, classes, licence and files "
        f"in {facts}"
    )


def test_test_images_that_the_facts_do_not_state_are_one_sentence(changed):
    changed.edit("src/naseval/data/sources/toy_images.yaml", "test_images: 20\n", "")
    assert refused(changed, "budget") == (
        "config key datasets.toy-images.split.test is archive, and the source toy-images has no "
        "test images of its own that its facts state; give it a share, or state test_images there"
    )


def test_a_study_that_is_not_configured_is_one_sentence(changed):
    changed.write_overlay({**overlay(), "studies": {**overlay()["studies"], "toy": None}})
    assert refused(changed, "reproduced_toy") == (
        "the study toy is not configured: say under studies.toy what it has"
    )
