"""Cells that are judged in steps: what a verdict asks for becomes new SLURM jobs."""

from collections import Counter

import pytest

from copied_project import Project
from naseval import records, schemas
from naseval.studies._stopping import DECISIONS
from slurm_driver import Driver, overlay

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]

STEPS = {"start": 4, "step": 1, "most": 5}


def test_an_undecided_cell_gets_more_searches_and_runs(undisturbed, cluster, tmp_path):
    stepwise = overlay()
    stepwise["datasets"]["digits"] |= {"margin": 1e-6}
    stepwise["protocols"]["base"] |= {"epochs": 1}
    benchmark = {"datasets": ["digits"], "methods": ["darts"], "searches": STEPS, "random": STEPS}
    stepwise["studies"]["benchmark"] = benchmark
    stepwise["resources"] |= {"runs_per_job": 4, "runs_at_once": 4}
    driver = Driver(Project.copied(tmp_path / "project", stepwise), cluster)
    driver.project.with_results_of(undisturbed)
    try:
        driver.start(DECISIONS.removesuffix(".parquet"))
        assert driver.finish() == 0, driver.log
    finally:
        driver.end()
    decided = records.read(driver.results / DECISIONS, schemas.LOOK).to_pylist()
    assert [(row["verdict"], row["look"], row["searches"], row["random"]) for row in decided] == [
        ("undecided", 2, 5, 5)
    ]
    assert Counter(driver.submitted()) == {
        "rule_searches_digits_darts_000": 1,
        "rule_runs_digits_random_darts_000": 1,
        "rule_runs_digits_searched_darts_000": 1,
        "rule_searches_digits_darts_look_2_000": 1,
        "rule_runs_digits_random_darts_look_2_000": 1,
        "rule_runs_digits_searched_darts_look_2_000": 1,
    }
