"""Recorded trainings, searched by Snakemake for real, without torch and GPU."""

import re

import pandas as pd
import pytest

from copied_project import Project
from published_files import needs_files
from recorded_tables import needs_recorded
from torch_trap import trap

pytestmark = pytest.mark.workflow

SMALL = {"recorded": {"searches": 4}}
JOBS = {
    "published_files": 1,
    "recorded_file": 2,
    "recorded_architectures": 3,
    "recorded_searches": 13,
    "recorded_study": 1,
    "figure": 3,
    "table": 5,
    "recorded": 1,
}


def test_what_is_planned_and_why_the_rest_is_not(tmp_path):
    project = Project.copied(tmp_path / "project", {})
    done = project.snakemake("recorded", "--dry-run", first_path=trap(tmp_path / "trap"))
    assert done.returncode == 0, done.stderr
    text = done.stdout + done.stderr
    counts = dict(re.findall(r"^(\w+) +(\d+)$", text, re.MULTILINE))
    assert {rule: int(counts[rule]) for rule in JOBS} == JOBS
    assert int(counts["total"]) == sum(JOBS.values())
    assert "gpu=" not in text
    sentence = "recorded: local-search is not planned on darts-214, which has no neighbours"
    assert text.count(sentence) == 1


def test_the_paper_plans_nothing_recorded(tmp_path):
    assert not any("recorded" in rule for rule in Project.copied(tmp_path, {}).planned())


def test_where_nothing_is_configured_the_target_says_so(tmp_path):
    done = Project.copied(tmp_path, {"recorded": None}).snakemake("recorded", "--dry-run")
    assert done.returncode != 0
    assert "nothing recorded is configured" in done.stdout + done.stderr


@needs_files
@needs_recorded
def test_everything_is_made_and_one_more_method_runs_alone(tmp_path):
    project = Project.copied(tmp_path / "project", SMALL)
    done = project.snakemake("recorded", first_path=trap(tmp_path / "trap"))
    assert done.returncode == 0, done.stdout + done.stderr
    results = project.folder / "results"
    searches = pd.read_parquet(results / "studies/recorded/searches.parquet")
    assert len(searches) == 13 * 4
    for kind, number in (("figures/recorded/*.svg", 3), ("tables/recorded/*.md", 5)):
        assert len(list(results.glob(kind))) == number
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "From recorded trainings of others" in page and "What the protocol is worth" in page
    assert not [
        rule for rule, outputs in project.planned("recorded_reliability").items() if outputs
    ]
    assert not [rule for rule, outputs in project.planned("recorded").items() if outputs]
    more = {"label": "Ten", "algorithm": "random_search", "search": {"trials": 10}}
    project.write_overlay({"recorded": {**SMALL["recorded"], "methods": {"ten": more}}})
    planned = project.planned("recorded")
    assert len(planned["recorded_searches"]) == 2
    assert all("/ten/" in output for output in planned["recorded_searches"])


def test_a_table_that_is_missing_is_one_sentence(tmp_path):
    empty = tmp_path / "empty.json"
    empty.write_text("{}", encoding="utf-8")
    project = Project.copied(tmp_path / "project", {"recorded": {"mirror": str(empty)}})
    done = project.snakemake(
        "results/recorded/raw/zc_nasbench301.json", NASEVAL_RECORDED=str(empty)
    )
    assert done.returncode != 0
    assert "is no folder; point NASEVAL_RECORDED" in done.stdout + done.stderr
