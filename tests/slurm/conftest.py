"""The cluster, and a project whose images are prepared and whose runs nothing disturbed."""

from collections.abc import Iterator

import pytest

from copied_project import Project
from slurm_cluster import FOLDER, Cluster, unavailable
from slurm_driver import Driver, overlay, run

RUNS = [run(0), run(1), run(1, protocol="long"), run(2), run(3), run(0, architecture=1)]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start SLURM for the whole session."""
    reason = unavailable()
    if reason is not None:
        pytest.skip(reason)
    cluster = Cluster(tmp_path_factory.mktemp(FOLDER, numbered=False))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def undisturbed(
    cluster: Cluster,  # noqa: ARG001 - without one, nothing need be prepared
    tmp_path_factory: pytest.TempPathFactory,
) -> Project:
    """Return a project with the runs that the tests disturb, made without a cluster."""
    project = Project.copied(tmp_path_factory.mktemp("undisturbed"), overlay())
    project.run(*(f"results/{each}.parquet" for each in RUNS))
    return project


@pytest.fixture(scope="module")
def driver(
    undisturbed: Project, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    """Give a driver in a project that has the images and genotypes, and no run yet."""
    project = Project.copied(tmp_path_factory.mktemp("project"), overlay())
    project.with_results_of(undisturbed)
    results = project.folder / "results"
    for file in [*results.glob("runs/**/*.parquet"), *results.glob("logs/runs/**/*.log")]:
        file.unlink()
    driver = Driver(project, cluster)
    try:
        yield driver
    finally:
        driver.end()
