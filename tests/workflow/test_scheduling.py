"""How often Snakemake looks for jobs that may start."""

import pytest

from copied_project import Project
from tiny_project import TINY

pytestmark = pytest.mark.workflow

GENOTYPES = [f"results/architectures/darts/random-00{number}.json" for number in range(5)]


@pytest.mark.parametrize(
    ("asked", "most"), [([], len(GENOTYPES) + 2), (["--max-jobs-per-timespan", "50/1s"], 1000)]
)
def test_ended_jobs_add_no_looks(tmp_path, asked, most):
    """Without its limit of jobs a second Snakemake looks when a job ends; one asked for holds."""
    project = Project.copied(tmp_path / "project", TINY)
    done = project.run("--cores", "1", "--verbose", *asked, *GENOTYPES)
    assert done.stderr.count("Ready jobs: ") <= most
    assert ("_job_count': 50" in done.stderr) == bool(asked)
