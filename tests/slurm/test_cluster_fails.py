"""What can befall the cluster while a run trains: node, controller and accounting fail in turn.

The run is submitted as a site may ask for it: another form of GPU, a partition, a flag of its own.
"""

import json
import signal
import time

import pandas as pd
import pytest

from slurm_cluster import wait
from slurm_driver import EPOCHS, Driver, learned, run

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]

RUN = run(1)
SITE = {"slurm_extra": "--nice=7", "training": {"gpu": 0, "gres": "gpu:fake:1"}}


@pytest.fixture(scope="module")
def job(driver: Driver) -> str:
    """Train a run while everything fails; give its SLURM job."""
    cluster = driver.cluster
    site = f"resources={json.dumps(SITE)}"
    driver.start(RUN, options=("--config", site, "--default-resources", "slurm_partition=gpu"))
    driver.wait_for(RUN, 3)
    job, node, before = driver.job(RUN), driver.node(RUN), driver.epochs(RUN)[-1]

    cluster.crash(node)
    time.sleep(25)  # a job that is younger than 20 s when its node is back is missed much later
    cluster.start_daemon(f"slurmd {node}")
    wait(lambda: driver.epochs(RUN)[:1] not in ([], [1]), "the job that was requeued", 600)
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
    return job


def test_a_run_outlives_node_controller_and_accounting(job, driver, undisturbed):
    assert driver.jobs(RUN) == [job]
    assert driver.epochs(RUN)[-1] == EPOCHS
    pd.testing.assert_frame_equal(
        learned(driver.project, RUN), learned(undisturbed, RUN), check_exact=True
    )


def test_partition_account_signal_and_a_sites_flag_are_submitted_together(job, driver):
    cluster = driver.cluster
    asked = ["sacct", "-X", "-n", "-P", "-o", "SubmitLine", "-j", job]
    wait(lambda: cluster.succeeds(*asked), "slurmdbd")
    command = cluster.ask(*asked).partition("--wrap")[0]
    for option in ("-A lab", "-p gpu", "--signal=TERM@180 --nice=7", "--gres=gpu:fake:1"):
        assert f" {option} " in command
    assert "--gpus" not in command
