"""The reviewer's path: Snakemake for real on the authors' files, without torch and GPU."""

import re

import pytest

from browser import needs_chromium, probed
from copied_project import Project
from published_files import needs_files
from torch_trap import trap

pytestmark = pytest.mark.workflow

JOBS = {
    "published_files": 1,
    "published_studies": 1,
    "figure": 13,
    "table": 14,
    "ledger": 1,
    "published": 1,
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a copy of the project in which `published` has been run, torch being a trap."""
    folder = tmp_path_factory.mktemp("published")
    project = Project.copied(folder / "project", {})
    done = project.snakemake("published", first_path=trap(folder / "trap"))
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture
def project(finished, tmp_path):
    """Return a fresh clone with the finished results beside it."""
    return Project.copied(tmp_path / "project", {}).with_results_of(finished)


def planned(project, *more):
    jobs = project.planned("published", *more)
    return {rule: outputs for rule, outputs in jobs.items() if outputs}


def test_nothing_needs_a_gpu_or_torch(tmp_path):
    project = Project.copied(tmp_path / "project", {})
    done = project.snakemake("published", "--dry-run", first_path=trap(tmp_path / "trap"))
    assert done.returncode == 0, done.stderr
    text = done.stdout + done.stderr
    counts = dict(re.findall(r"^(\w+) +(\d+)$", text, re.MULTILINE))
    assert {rule: int(counts[rule]) for rule in JOBS} == JOBS
    assert int(counts["total"]) == sum(JOBS.values())
    assert "gpu=" not in text


@pytest.mark.parametrize("target", ["figures", "tables", "claims"])
def test_the_parts_are_targets_of_their_own(tmp_path, target):
    jobs = Project.copied(tmp_path, {}).planned(target)
    assert not jobs.keys() & {"search", "run", "study", "published"}
    rule = {"figures": "figure", "tables": "table", "claims": "ledger"}[target]
    assert all("published" in output for output in jobs[rule])


@needs_files
def test_everything_is_made(finished):
    results = finished.folder / "results"
    for kind, number in (("figures/published/*.svg", 13), ("tables/published/*.md", 14)):
        made = list(results.glob(kind))
        assert len(made) == number and all(file.stat().st_size for file in made)
    for name in ("parquet", "csv", "html"):
        assert (results / f"claims/published.{name}").stat().st_size
    page = (results / "report.html").read_text()
    assert page.count("<svg ") == 13


@needs_files
def test_a_fresh_clone_with_copied_results_makes_nothing_again(project):
    assert planned(project) == {}


@needs_files
def test_a_change_remakes_what_depends_on_it(project):
    project.edit("src/naseval/figures/cells.py", 'kind="stable"', 'kind="mergesort"')
    assert planned(project) == {
        "figure": {"figures/published/cells.svg"},
        "published": {"report.html"},
    }


@needs_files
def test_another_margin_remakes_the_verdicts_alone(project):
    project.write_overlay({"datasets": {"cifar10": {"margin": 0.5}}})
    names = ("benchmark", "pairs", "verdicts")
    assert planned(project) == {
        "figure": {f"figures/published/{name}.svg" for name in ("benchmark", "forest")},
        "table": {f"tables/published/{name}.parquet" for name in names},
        "published": {"report.html"},
    }


@needs_files
def test_another_caption_remakes_its_figure(project):
    project.edit("src/naseval/figures/cells.py", "The paper trains", "This paper trains")
    assert planned(project) == {
        "figure": {"figures/published/cells.svg"},
        "published": {"report.html"},
    }


@needs_files
def test_another_claim_remakes_the_ledger(project):
    project.edit("src/naseval/claims/claims.csv", "Search methods compared", "Methods compared")
    jobs = planned(project)
    assert jobs["ledger"] == {"claims/published.parquet"}
    assert jobs["table"] >= {"tables/published/table-2.parquet"}
    assert not jobs.keys() & {"published_files", "published_studies", "figure"}


def test_a_mirror_with_other_files_is_one_sentence(tmp_path):
    project = Project.copied(tmp_path / "project", {})
    wrong = tmp_path / "mirror/Plots/data/cell_sensitivity/cell_n_12.npy"
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(b"other numbers")
    target = "results/published/raw/Plots/data/cell_sensitivity/cell_n_12.npy"
    done = project.snakemake(target, NASEVAL_PUBLISHED=str(tmp_path / "mirror"))
    assert done.returncode != 0
    assert "is not the file that is pinned" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr.split("is not the file")[0]


PROBE = """
const widths = [...document.querySelectorAll(".drawing svg")].map((svg) => svg.clientWidth);
return {
  figures: widths,
  width: document.documentElement.scrollWidth,
  claims: document.querySelectorAll("#claims tbody tr").length,
};
"""


@pytest.mark.browser
@needs_chromium
@needs_files
@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_works_in_a_browser(finished, tmp_path, width):
    page = (finished.folder / "results/report.html").read_text()
    found, console = probed(page, tmp_path, PROBE, width=width)
    assert console == []
    assert len(found["figures"]) == 13
    assert all(shown > 100 for shown in found["figures"])
    assert found["width"] <= width
    assert found["claims"] > 100
