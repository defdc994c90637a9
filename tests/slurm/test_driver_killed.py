"""What can befall Snakemake itself: killed, started again, started twice."""

import signal

import pandas as pd
import pytest

from naseval.locking.orphans import slurm_jobs
from slurm_cluster import wait
from slurm_driver import Driver, learned, run

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]

RUN, TWIN = run(0), run(2)


def same(driver: Driver, undisturbed, of: str) -> None:
    pd.testing.assert_frame_equal(
        learned(driver.project, of), learned(undisturbed, of), check_exact=True
    )


def test_a_killed_snakemake_leaves_jobs_that_are_found_stopped_and_resumed(driver, undisturbed):
    driver.start(RUN)
    driver.wait_for(RUN, 3)
    driver.kill()
    driver.signal(RUN, signal.SIGSTOP)  # until scancel wakes it: it shall not end meanwhile

    driver.start(RUN)
    assert driver.finish() != 0
    assert "Directory cannot be locked" in driver.log
    driver.unlock()

    jobs = slurm_jobs(driver.project.folder)
    assert jobs == [driver.job(RUN)]
    assert slurm_jobs(driver.project.folder.parent) == []
    driver.start(RUN)
    assert driver.finish() != 0
    assert f"let them end, or stop them with `scancel {jobs[0]}`" in driver.log
    before = driver.epochs(RUN)[-1]
    driver.cluster.ask("scancel", *jobs)
    wait(lambda: not slurm_jobs(driver.project.folder), "the job's end")

    driver.start(RUN)
    wait(lambda: driver.epochs(RUN)[:1] not in ([], [1]), "the job that resumes", 600)
    assert driver.epochs(RUN)[0] > before
    driver.kill()  # again, and this time the job may end

    wait(lambda: not slurm_jobs(driver.project.folder), "the job's end", 600)
    driver.unlock()
    driver.start(RUN)
    assert driver.finish() == 0, driver.log
    assert "Nothing to be done" in driver.log
    same(driver, undisturbed, RUN)


def test_a_twin_is_turned_away_and_harms_nothing(driver, undisturbed):
    driver.start(TWIN)
    driver.wait_for(TWIN, 3)
    driver.signal(TWIN, signal.SIGSTOP)  # it shall not end before the twin comes
    first = driver.trainings(TWIN)
    driver.start(TWIN, options=("--nolock", "--no-hooks", "--retries", "0"))
    assert driver.finish() != 0
    log = driver.results / "logs" / f"{TWIN}.log"
    assert " is held by " in log.read_text()
    assert driver.trainings(TWIN) == first
    driver.signal(TWIN, signal.SIGCONT)

    assert driver.processes[-2].wait(900) == 0
    same(driver, undisturbed, TWIN)
