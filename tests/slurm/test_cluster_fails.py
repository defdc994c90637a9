"""What can befall the cluster while a run trains: node, controller and accounting fail in turn."""

import signal
import time

import pandas as pd
import pytest

from slurm_cluster import wait
from slurm_driver import EPOCHS, Driver, learned, run

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]

RUN = run(1)


def test_a_run_outlives_node_controller_and_accounting(driver: Driver, undisturbed):
    cluster = driver.cluster
    driver.start(RUN, options=("--set-resources", "run:gpu=0", "run:gres=gpu:fake:1"))
    driver.wait_for(RUN, 3)
    job, before = driver.job(RUN), driver.epochs(RUN)[-1]

    cluster.crash_node()
    time.sleep(25)  # a job that is younger than 20 s when its node is back is missed much later
    cluster.start_daemon("slurmd")
    wait(lambda: driver.epochs(RUN)[:1] not in ([], [1]), "the job on the node that is back", 600)
    assert driver.job(RUN) == job
    assert driver.epochs(RUN)[0] > before

    cluster.stop_daemon("slurmctld", signal.SIGKILL)
    time.sleep(5)
    cluster.start_daemon("slurmctld")
    wait(lambda: cluster.succeeds("scontrol", "ping"), "slurmctld")

    cluster.stop_daemon("slurmdbd")
    wait((driver.results / f"{RUN}.parquet").exists, "the run's end", 600)
    time.sleep(30)  # Snakemake asks in vain
    cluster.start_daemon("slurmdbd")

    assert driver.finish() == 0, driver.log
    assert driver.jobs(RUN) == [job]
    assert "gres:gpu:fake:1" in cluster.ask("scontrol", "show", "job", job)
    assert driver.epochs(RUN)[-1] == EPOCHS
    pd.testing.assert_frame_equal(
        learned(driver.project, RUN), learned(undisturbed, RUN), check_exact=True
    )
